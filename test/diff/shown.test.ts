import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FieldDiff, fieldDiffs } from "../../diff/field-diff.ts";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown, objectFold } from "../../diff/markdown.ts";
import type { ObjectDiff } from "../../diff/object-diff.ts";
import { type ShownField, shownFields } from "../../diff/shown-fields.ts";
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
        " ".repeat(8),
        "⟨U+200B⟩",
        "⟨U+27E8⟩",
        "é",
        "e\u0301",
        "\u{1f600}",
        "\ud83d",
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join("")),
  // Lines that differ in blanks at most.
  fc
    .array(fc.constantFrom("a", "b", "a ", "a  ", "\ta", `${" ".repeat(8)}a`, "a\tb", "a b", "", " ", "\t"), {
      minLength: 2,
      maxLength: 4,
    })
    .map((lines) => lines.join("\n")),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.array(text, { maxLength: 4 }),
  fc.array(fc.record({ host: text, port: fc.nat(3) }, { noNullPrototype: true }), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("a", "b"), text, { noNullPrototype: true }),
);

/** What differs in a character that cannot be seen or looks like another one, in blanks, or in the empty lines at its end. */
const HARD: [string | string[], string | string[]][] = [
  ["a\r\nb", "a\nb"],
  ["a\u200b\nb", "a\nb"],
  ["a\u00a0b", "a b"],
  ["x\na ", "x\na"],
  ["x\n\ta", `x\n${" ".repeat(8)}a`],
  ["a\tb", "a       b"],
  ["\u200b", "⟨U+200B⟩"],
  ["x\n\u200b", "x\n⟨U+200B⟩"],
  ["\u200b\n⟨U+27E8⟩U+200B⟨U+27E9⟩", "⟨U+200B⟩\nx"],
  ["é", "e\u0301"],
  ["x\né", "x\ne\u0301"],
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
        const shown = shownFields(fields, most);
        for (const [path, group] of Map.groupBy(fields.entries(), ([, { path }]) => path)) {
          const all = group.flatMap(([i, field]) => linesOf(field, shown[i]));
          expect(alike(all), path).toEqual([]);
        }
      }),
      { numRuns: 1000, examples: HARD.map((pair): [typeof pair, undefined] => [pair, undefined]) },
    );
  });

  it.each([
    ["text", (object: ObjectDiff) => diffText([withObject(object)])],
    ["text of 80 columns", (object: ObjectDiff) => diffText([withObject(object)], 80)],
    ["Markdown", (object: ObjectDiff) => diffMarkdown([withObject(object)])],
    ["Markdown for which there is little room", (object: ObjectDiff) => objectFold(object, 160)],
    ["HTML", (object: ObjectDiff) => diffHtml([withObject(object)])],
  ])("are other ones as %s if they change places", (_, form) => {
    const seen = (before: unknown, after: unknown) => ended(form(objectOf(before, after)));
    fc.assert(
      fc.property(differing, ([before, after]) => {
        expect(seen(before, after)).not.toBe(seen(after, before));
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

/** What stands on one side, and how it is shown. */
interface Line {
  readonly sign: string;
  readonly raw: string;
  readonly shown: string;
}

function linesOf({ before, after, lines }: FieldDiff, shown: ShownField | undefined): Line[] {
  const line = (sign: string, raw: unknown, text = "") => [{ sign, raw: JSON.stringify(raw), shown: text }];
  if (lines)
    return lines.flatMap((raw, i) => line(raw.slice(0, 1), raw.slice(1), shown?.lines?.[i]?.slice(1)));
  return [
    ...(before === undefined ? [] : line("-", before, shown?.before)),
    ...(after === undefined ? [] : line("+", after, shown?.after)),
  ];
}

/** Lines of both sides that are other ones, and that nobody can tell apart. */
function alike(lines: readonly Line[]): [Line, Line][] {
  const [were, are] = ["-", "+"].map((sign) => lines.filter((line) => line.sign === sign));
  return (were ?? []).flatMap((was) =>
    (are ?? [])
      .filter(
        (is) => is.raw !== was.raw && COLUMNS.some((at) => looks(is.shown, at) === looks(was.shown, at)),
      )
      .map((is): [Line, Line] => [was, is]),
  );
}

/** A text without what cannot be seen at the ends of its lines, and with each run of other blanks as one. */
function ended(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/<\/?mark>/g, "")
    .replaceAll(/[ \t]+(?=$|<\/)/gm, "")
    .replaceAll(/\t */g, " ".repeat(8));
}

/** Where a line can begin, in columns: so far it is to the next tab stop. */
const COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7];

/** A line as a reader has it before their eyes. */
function looks(line: string, at: number): string {
  const columns = [...line.normalize("NFC")].reduce(
    (all, letter) => all + (letter === "\t" ? " ".repeat(8 - ((all.length + at) % 8)) : letter),
    "",
  );
  return columns.trimEnd();
}

function objectOf(before: unknown, after: unknown): ObjectDiff {
  const fields = fieldDiffs({ field: before }, { field: after });
  return { what: "changed", kind: "ConfigMap", name: "a", part: "stack", fields };
}

function withObject(object: ObjectDiff) {
  return bareDiff("stage", "changed", { objects: [object] });
}

/** The columns of a line of letters of which two kinds are wide, with tabs to the next stop. */
function terminalColumns(line: string): number {
  return [...line].reduce((at, letter) => {
    if (letter === "\t") return at + 8 - (at % 8);
    return at + (/[日😀]/u.test(letter) ? 2 : 1);
  }, 0);
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

  it("fits it with letters that are two columns wide, too", () => {
    const wide = fc.string({
      unit: fc.constantFrom("a", "日", "😀", ".", "\t"),
      maxLength: 120,
      size: "max",
    });
    // Without the others, so that two sides never look the same as they are cut.
    const side = fc.tuple(fc.constantFrom("b", "c"), wide);
    fc.assert(
      fc.property(wide, side, side, fc.boolean(), (key, [one, before], [other, after], isText) => {
        fc.pre(one !== other);
        const [was, is] = [`${one}${before}`, `${other}${after}`].map((text) =>
          isText ? `${text}\n` : text,
        );
        const fields = fieldDiffs({ [key]: was }, { [key]: is });
        const object: ObjectDiff = { what: "changed", kind: "ConfigMap", name: "a", part: "stack", fields };
        const lines = diffText([withObject(object)], 80).split("\n");
        expect(lines.filter((line) => terminalColumns(line) > 80)).toEqual([]);
      }),
      { numRuns: 300 },
    );
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
