import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generatedFrom } from "../../render/generated.ts";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const UUID = "random:index/randomUuid:RandomUuid";

describe("a generated value", () => {
  it("is the same for the same seed, stack and resource, and another for any other", () => {
    const source = fc.tuple(fc.string(), fc.string({ minLength: 1 }), fc.string({ minLength: 1 }));
    const value = ([seed, stack, name]: [string, string, string]) =>
      generatedFrom(seed, stack)({ type: PASSWORD, name });
    fc.assert(
      fc.property(source, source, (one, two) => {
        expect(value(one)).toBe(value([...one]));
        if (one.join("\0") !== two.join("\0")) expect(value(one)).not.toBe(value(two));
      }),
    );
  });

  it("has the length asked for, of letters and digits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), (length) => {
        const value = generatedFrom("seed", "stack")({ type: PASSWORD, name: "n", length });
        expect(value).toMatch(new RegExp(`^[A-Za-z0-9]{${length}}$`));
      }),
    );
  });

  it("is a UUID of version 4 where one is asked for", () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const value = generatedFrom(seed, "stack")({ type: UUID, name: "n" });
        expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
  });
});
