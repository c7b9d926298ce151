import { describe, expect, it } from "vitest";
import { DECLARED } from "../../components/schema.ts";
import { componentsOf } from "../../components/totals.ts";
import { settingsOf } from "../support/stacks.ts";
import { pairwise, switched } from "../support/switches.ts";

describe("the list of parts", () => {
  const names = DECLARED.map(({ name }) => name);

  it("names each part once", () => {
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(DECLARED.map((part) => [part.name, part] as const))("has whatever %s is made after", (_, {
    after = [],
  }) => {
    for (const one of after) expect(names).toContain(one);
  });

  it.each(
    pairwise().map((on) => [on.join() || "stage as it is", on] as const),
  )("has, with %s, the part of each connection", (_, on) => {
    for (const { component, connects = [] } of componentsOf(settingsOf("stage", switched(...on))))
      for (const { part } of connects) expect(names, component).toContain(part);
  });
});
