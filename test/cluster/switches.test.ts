import { describe, expect, it } from "vitest";
import { isKept } from "../../cluster/apply.ts";
import { describe as nameOf } from "../../render/kubernetes-object.ts";
import { empties } from "../support/empties.ts";
import { pairwise, switched } from "../support/switches.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("switches");

describe("a stack with its switches in every pair", () => {
  it.each(
    pairwise().map((names) => [names.length, names] as const),
  )("is applied with %i of them, becomes ready, and leaves nothing behind of the one before", async (_, names) => {
    const changes = switched(...names);
    await stack.up(changes);
    const objects = await stack.objects(changes);
    const declared = objects.map(nameOf).sort();
    const left = (await stack.applied()).filter(
      (object) => declared.includes(nameOf(object)) || !isKept(object),
    );
    expect(left.map(nameOf).sort()).toEqual(declared);
    // What the server dropped would seem to be changed for ever.
    const kept = new Map(left.map((object) => [nameOf(object), empties(object)]));
    for (const object of objects)
      expect(kept.get(nameOf(object)), nameOf(object)).toEqual(expect.arrayContaining(empties(object)));
  });
});
