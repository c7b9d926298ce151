import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fieldDiffs } from "../../diff/field-diff.ts";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown, objectFold } from "../../diff/markdown.ts";
import type { ObjectDiff } from "../../diff/object-diff.ts";
import { shownFields } from "../../diff/shown-fields.ts";
import { diffText } from "../../diff/text.ts";
import { wrapped } from "../../diff/wrapped.ts";
import { bareDiff, stackDiffOf } from "../support/stack-diffs.ts";
import { switched } from "../support/switches.ts";

const long = fc.tuple(fc.nat(300), fc.string({ unit: "grapheme", maxLength: 3 }), fc.nat(300));

/** Texts with much in common, with what cannot be seen, and with several lines. */
const text = fc.oneof(
  long.map(([before, middle, after]) => `${"x".repeat(before)}${middle}${"y".repeat(after)}`),
  fc
    .array(
      fc.constantFrom(
        "a",
        "A".repeat(200),
        "\n",
        "\r",
        "\t",
        "\u200b",
        "\u202e",
        "\u2028",
        "\u00a0",
        " ",
        "\u{1f600}",
        "\ud83d",
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join("")),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.array(text, { maxLength: 4 }),
  fc.array(fc.record({ host: text, port: fc.nat(3) }, { noNullPrototype: true }), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("a", "b"), text, { noNullPrototype: true }),
);

/** What differs in a character that cannot be seen, or in the empty lines at its end. */
const HARD: [string | string[], string | string[]][] = [
  ["a\r\nb", "a\nb"],
  ["a\u200b\nb", "a\nb"],
  ["a\u00a0b", "a b"],
  [
    ["x", "a\n\n"],
    ["a\n\n\n", "x"],
  ],
];

describe("the two sides of a change", () => {
  const room = fc.constantFrom(undefined, 1, 20, 72, 160);
  const differing = fc.tuple(value, value).filter(([one, other]) => fieldDiffs(one, other).length > 0);

  it("never look the same, with whatever room there is", () => {
    fc.assert(
      fc.property(differing, room, ([before, after], most) => {
        const fields = fieldDiffs({ field: before }, { field: after });
        for (const [path, group] of Map.groupBy(shownFields(fields, most), (one) => one.path)) {
          const lines = group.flatMap((one) => one.lines ?? []);
          const [minus, plus] = ["-", "+"].map((sign) => sidesOf(sign, lines));
          // Of a text, the last line's end can be all that differs, which a line of its own tells.
          if (!lines.some((line) => line.startsWith("\\")))
            expect(minus === plus && lines.length > 0, path).toBe(false);
          const afters = group.flatMap((one) => one.after ?? []);
          expect(afters.filter((one) => group.some((other) => other.before === one))).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["text", (object: ObjectDiff) => diffText([withObject(object)])],
    ["text of 80 columns", (object: ObjectDiff) => diffText([withObject(object)], 80)],
    ["Markdown", (object: ObjectDiff) => diffMarkdown([withObject(object)])],
    ["Markdown for which there is little room", (object: ObjectDiff) => objectFold(object, 160)],
    ["HTML", (object: ObjectDiff) => diffHtml([withObject(object)])],
  ])("are other ones as %s if they change places", (_, form) => {
    fc.assert(
      fc.property(differing, ([before, after]) => {
        expect(form(objectOf(before, after))).not.toBe(form(objectOf(after, before)));
      }),
      { numRuns: 60, examples: HARD.map((pair): [typeof pair] => [pair]) },
    );
  });

  it("are cut around the place where they differ, and that is seen", () => {
    const [before, after] = ["b", "c"].map((letter) => `${"a".repeat(300)}${letter}${"d".repeat(300)}`);
    const [{ before: was = "", after: is = "" } = {}] = shownFields([{ path: "x", before, after }], 30);
    expect([was, is]).toEqual([
      `…${"a".repeat(10)}b${"d".repeat(17)}…`,
      `…${"a".repeat(10)}c${"d".repeat(17)}…`,
    ]);
  });
});

/** What stands on one side, line by line. */
function sidesOf(sign: string, lines: readonly string[]): string {
  return lines
    .filter((line) => line.startsWith(sign))
    .map((line) => line.slice(1))
    .join("\n");
}

function objectOf(before: unknown, after: unknown): ObjectDiff {
  const fields = fieldDiffs({ field: before }, { field: after });
  return { what: "changed", kind: "ConfigMap", name: "a", part: "stack", fields };
}

function withObject(object: ObjectDiff) {
  return bareDiff("stage", "changed", { objects: [object] });
}

describe("a comparison as text", () => {
  const QUOTA = { quota: { enabled: true } };

  it("fits a terminal, whatever changes", async () => {
    const diffs = await Promise.all([
      stackDiffOf("stage", {}, { ...switched("withTokman", "twoOfEach"), ...QUOTA, storageClass: "gp3" }),
      stackDiffOf("stage", {}, { namespace: "packit--stg-b", workers: { longRunning: { replicas: 3 } } }),
    ]);
    for (const columns of [80, 50]) {
      const lines = diffText(diffs, columns).split("\n");
      expect(lines.filter((line) => [...line].length > columns)).toEqual([]);
      expect(lines.some((line) => line.includes("…"))).toBe(true);
    }
  });

  it("has whole values in a file, and prose of 80 columns", async () => {
    const told = diffText([await stackDiffOf("stage", {}, switched("withTokman"))]);
    expect(told).not.toContain("…");
    const wide = told.split("\n").filter((line) => line.length > 80);
    expect(wide.length).toBeGreaterThan(0);
    // All of these are values.
    expect(wide.filter((line) => !/^ {4}/.test(line))).toEqual([]);
  });

  it("loses nothing of what it parts into lines", () => {
    const prose = fc
      .array(fc.string({ unit: fc.constantFrom("a", "b", ".", "[", "/"), maxLength: 90 }), { maxLength: 12 })
      .map((words) => words.join(" "));
    fc.assert(
      fc.property(prose, fc.integer({ min: 40, max: 80 }), (line, width) => {
        const lines = wrapped(`  ${line}`, width);
        expect(lines.filter((one) => one.length > width)).toEqual([]);
        expect(lines.join("").replaceAll(" ", "")).toBe(line.replaceAll(" ", ""));
      }),
    );
  });
});
