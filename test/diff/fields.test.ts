import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldDiffs } from "../../diff/field-diff.ts";

describe("fields", () => {
  it("of a text of several lines are told by the lines that differ", () => {
    const [{ path, lines } = { path: "", lines: [] }] = fieldDiffs(
      { data: { "a.conf": "one\ntwo\nthree\n" } },
      { data: { "a.conf": "one\n2\nthree\n" } },
    );
    expect(path).toBe('data["a.conf"]');
    expect(lines).toEqual(["@@ line 1 @@", " one", "-two", "+2", " three"]);
  });

  /** A field that was a list and is another one, and what is told of that, without `list` before each path. */
  const LISTS: readonly (readonly [title: string, before: unknown[], after: unknown[], told: object[]])[] = [
    [
      "by names",
      [
        { name: "a", image: "x:1" },
        { name: "b", image: "y:1" },
      ],
      [{ name: "a", image: "x:2" }, { name: "c" }],
      [
        { path: "[a].image", before: "x:1", after: "x:2" },
        { path: "[b]", before: { name: "b", image: "y:1" } },
        { path: "[c]", after: { name: "c" } },
      ],
    ],
    [
      "by names that stand in their metadata",
      [{ metadata: { name: "a" }, spec: { size: 1 } }],
      [{ metadata: { name: "a" }, spec: { size: 2 } }],
      [{ path: "[a].spec.size", before: 1, after: 2 }],
    ],
    [
      "by names, and by their order",
      [{ name: "a" }, { name: "b" }, { name: "c", value: 1 }],
      [{ name: "c", value: 2 }, { name: "a" }],
      [
        { path: "[b]", before: { name: "b" } },
        { path: "[c].value", before: 1, after: 2 },
        { path: " (order)", before: ["a", "c"], after: ["c", "a"] },
      ],
    ],
    [
      "one by one",
      [{ port: 1 }, { port: 2 }],
      [{ port: 2 }, { port: 3 }],
      [
        { path: "[]", before: { port: 1 } },
        { path: "[]", after: { port: 3 } },
      ],
    ],
    [
      "by the place of the one that is another",
      [{ port: 1 }, { to: { port: 2, host: "a" } }],
      [{ port: 1 }, { to: { port: 2, host: "b" } }],
      [{ path: "[1].to.host", before: "a", after: "b" }],
    ],
    [
      "by their order",
      ["a", "b"],
      ["b", "a", "c"],
      [
        { path: "[]", after: "c" },
        { path: " (order)", before: ["a", "b"], after: ["b", "a"] },
      ],
    ],
    [
      "as often as they stand there",
      ["-v"],
      ["-v", "-v", "x"],
      [
        { path: "[]", after: "-v" },
        { path: "[]", after: "x" },
      ],
    ],
  ];
  it.each(LISTS)("of items are told %s", (_, before, after, told) => {
    const shown = fieldDiffs({ list: before }, { list: after });
    expect(shown.map(({ path, ...rest }) => ({ path: path.replace(/^list/, ""), ...rest }))).toEqual(told);
  });

  it.each(["command", "args"])("of words of a %s are told by their places", (list) => {
    const [before, after] = [{ [list]: ["a", "b"] }, { [list]: ["b", "a", "c"] }];
    expect(fieldDiffs(before, after)).toEqual([
      { path: `${list}[0]`, before: "a", after: "b" },
      { path: `${list}[1]`, before: "b", after: "a" },
      { path: `${list}[2]`, after: "c" },
    ]);
  });

  const name = fc.constantFrom("a", "b", "c");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 1, "", "a", "b", "a\nb", "a\nb\n", "a\nb\r\n"),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.record({ name, value: tie("value") }, { noNullPrototype: true }), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("a", "args", "name", "toString", "__proto__"), tie("value"), {
        noNullPrototype: true,
      }),
    ),
  }));

  it("are none just where two values are equal, whatever is in them and in whatever order", () => {
    const other = (one: unknown) => fc.oneof(value, fc.constant(one).chain(shuffled));
    const pair = value.chain((one) => fc.tuple(fc.constant(one), other(one)));
    let equal = 0;
    fc.assert(
      fc.property(pair, ([before, after]) => {
        if (isDeepStrictEqual(before, after)) equal++;
        expect(fieldDiffs(before, after).length === 0).toBe(isDeepStrictEqual(before, after));
      }),
      { numRuns: 1000 },
    );
    expect(equal).toBeGreaterThan(50);
  });
});

/** A value with the items of its lists, and the keys of its maps, in any order. */
function shuffled(value: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(value))
    return fc
      .tuple(...value.map(shuffled))
      .chain((items) => fc.shuffledSubarray(items, { minLength: items.length }));
  if (typeof value !== "object" || value === null) return fc.constant(value);
  const entries = Object.entries(value).map(([key, one]) => shuffled(one).map((its) => [key, its] as const));
  return fc
    .tuple(...entries)
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
    .map((all) => Object.fromEntries(all));
}
