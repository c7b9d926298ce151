import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describe as nameOf } from "../../render/kubernetes-object.ts";
import { SWITCHES, switched } from "../support/switches.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("switches");

beforeAll(() => stack.up());
afterAll(() => stack.down());

describe("a stack with any combination of its switches", () => {
  it("is applied, becomes ready, and leaves nothing behind of the combination before", async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(Object.keys(SWITCHES)), async (names) => {
        const changes = switched(...names);
        await stack.up(changes);
        const declared = (await stack.objects(changes)).map(nameOf).sort();
        expect((await stack.applied()).map(nameOf).sort()).toEqual(declared);
      }),
      { numRuns: 12 },
    );
  }, 180_000);
});
