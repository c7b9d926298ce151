import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown, titleOf } from "../../diff/markdown.ts";
import type { ObjectDiff } from "../../diff/object-diff.ts";
import type { StackDiff } from "../../diff/stack-diff.ts";
import { diffText } from "../../diff/text.ts";
import { commentOf } from "../../preview/comment.ts";
import { diffWith } from "../support/stack-diffs.ts";

const HEAD = "c0ffee".repeat(6).padEnd(40, "0");
const ELSEWHERE = "[the run](https://github.com/packit/deployment/actions/runs/1)";

/** Texts that would like to be more than text. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(
    "```",
    "`````\n</details>",
    "</summary>",
    "<!-- preview run=9 -->",
    "\r\n\r\n# x",
    "|",
    "@all",
    "~~~",
    "<details>",
  ),
  fc.nat(3000).map((length) => "x".repeat(length)),
  fc.nat(60).map((length) => "`".repeat(length)),
);
const text = fc.array(hostile, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("\n"));

const object: fc.Arbitrary<ObjectDiff> = fc.record({
  what: fc.constantFrom("added", "removed", "changed", "replaced"),
  kind: hostile,
  namespace: hostile,
  name: hostile,
  part: fc.constant("stack"),
  fields: fc.array(
    fc.record({ path: hostile, before: text, after: text, lines: fc.array(hostile, { maxLength: 4 }) }),
    { maxLength: 3 },
  ),
  refused: hostile,
  because: fc.array(hostile, { maxLength: 2 }),
});

const diff: fc.Arbitrary<StackDiff> = fc.record({
  stack: hostile.map((name) => name.slice(0, 63)),
  base: fc.constant("0".repeat(40)),
  state: fc.constantFrom("same", "changed", "new", "gone", "unknown"),
  wrong: fc.record({ side: fc.constantFrom("base", "head"), message: text }),
  objects: fc.array(object, { maxLength: 12 }),
  besides: fc.array(hostile, { maxLength: 3 }),
  restarts: fc.array(
    fc.record({
      kind: fc.constantFrom("Deployment", "StatefulSet", "Job"),
      what: fc.constantFrom("restarts", "stops", "starts", "runs"),
      namespace: hostile,
      name: hostile,
      pods: fc.nat(9),
      hasGap: fc.boolean(),
      because: fc.array(hostile, { maxLength: 3 }),
    }),
    { maxLength: 4 },
  ),
  totals: fc.constant({}),
  quotas: fc.constant([]),
});

/** What is outside of blocks of code, as CommonMark reads them. */
function outside(markdown: string): string {
  let fence: string | undefined;
  const kept = markdown.split(/\r\n|\r|\n/).filter((line) => {
    if (fence !== undefined) {
      if (new RegExp(`^ {0,3}${fence}\`*\\s*$`).test(line)) fence = undefined;
      return false;
    }
    fence = /^ {0,3}(`{3,})[^`]*$/.exec(line)?.[1];
    return fence === undefined;
  });
  expect(fence).toBeUndefined();
  return kept.join("\n");
}

describe("a comment", () => {
  const arguments_ = fc.record({
    diffs: fc.array(diff, { maxLength: 5 }),
    limit: fc.integer({ min: 8_000, max: 65_000 }),
  });

  it("is never too long, closes every fold, and lets no text out of its block of code", () => {
    fc.assert(
      fc.property(arguments_, ({ diffs, limit }) => {
        const comment = commentOf({ diffs, head: HEAD, elsewhere: ELSEWHERE, limit });
        expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(limit);
        const rest = outside(comment);
        expect(rest.match(/<details>/g)?.length).toBe(rest.match(/<\/details>/g)?.length);
        // What is left are lines of its own making.
        const own =
          /^(### What <code>.*|\|.*\||<details><summary>.*<\/summary>|<\/details>|Their names alone:|\d+ of \d+ .*|)$/;
        expect(rest.split("\n").filter((line) => !own.test(line))).toEqual([]);
        const texts = [...rest.matchAll(/<code>(.*?)<\/code>/g)].map(([, one]) => one);
        expect(texts.filter((one) => !/^([\w .:/+⟨⟩-]|&#\d+;)*$/.test(one ?? ""))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[string, (diff: StackDiff) => string]>([
    ["a comment", (diff) => commentOf({ diffs: [diff], head: HEAD, elsewhere: ELSEWHERE, limit: 65_000 })],
    ["Markdown", (diff) => diffMarkdown([diff])],
    ["a terminal", (diff) => diffText([diff])],
    ["a browser", (diff) => diffHtml([diff])],
  ])("shows what cannot be seen, wherever it stands, as do all forms: %s", (_, form) => {
    const shown = form(diffWith("pack\u200b\u202eit"));
    expect(shown).not.toMatch(/[\u200b\u202e]/);
    expect(shown).toContain("pack⟨U+200B⟩⟨U+202E⟩it");
  });

  /** One that is larger than all the rest has room. */
  const LARGE = 10;
  const LINES = Array.from({ length: 1000 }, () => `+${"a".repeat(60)}`);
  const objects = Array.from(
    { length: 300 },
    (_, i): ObjectDiff => ({
      what: "changed",
      kind: "ConfigMap",
      name: `c-${i}`,
      part: "stack",
      fields: [
        i === LARGE
          ? { path: "data.x", lines: LINES }
          : { path: "data.x", before: "a".repeat(100), after: "b" },
      ],
    }),
  );
  const large: StackDiff = {
    stack: "stage",
    base: HEAD,
    state: "changed",
    objects,
    besides: [],
    restarts: [],
    totals: {},
    quotas: [],
  };
  const of = (limit: number, diffs = [large]) =>
    commentOf({ diffs, head: HEAD, elsewhere: ELSEWHERE, limit });

  it("has all where there is room, and says nothing of room then", () => {
    const comment = of(200_000);
    expect(objects.filter((one) => !comment.includes(`<code>${titleOf(one)}</code>`))).toEqual([]);
    expect(comment).not.toContain("for want of room");
  });

  it("has whole objects as far as there is room, the names of the others, and says where all of it is", () => {
    const comment = of(30_000);
    expect(objects.filter((one) => !comment.includes(titleOf(one)))).toEqual([]);
    expect(comment).toContain("<code>changed: ConfigMap c-0</code>");
    // One that is too large does not keep those after it out.
    expect(comment).toContain("<code>changed: ConfigMap c-11</code>");
    expect(comment).not.toContain("<code>changed: ConfigMap c-10</code>");
    const named = Number(/(\d+) of 300 changes are named alone/.exec(comment)?.[1]);
    expect(comment.match(/<code>changed: /g)).toHaveLength(300 - named);
    expect(comment).toContain(`All of it is in ${ELSEWHERE}.`);
  });

  it("cuts long values where there is no room for them, and none of one that has room whole", () => {
    const long = (i: number): ObjectDiff => {
      const before = `${"a".repeat(1000)}${i}${"z".repeat(1000)}`;
      const fields = [{ path: "data.x", before, after: before.replace(`${i}z`, `b${i}z`) }];
      return { what: "changed", kind: "ConfigMap", name: `c-${i}`, part: "stack", fields };
    };
    const comment = of(20_000, [{ ...large, objects: Array.from({ length: 20 }, (_, i) => long(i)) }]);
    const [, cut] =
      /^(\d+) of 20 changes have long values cut around what differs, for want/m.exec(comment) ?? [];
    expect(comment.match(/<code>changed: /g)).toHaveLength(20);
    expect(Number(cut)).toBeGreaterThan(10);
    expect(comment.match(/^-…a+\d+z+…$/gm)).toHaveLength(Number(cut));
    expect(comment.match(/^-"a{1000}\d+z{1000}"$/gm)).toHaveLength(20 - Number(cut));
  });

  it("counts what it has not even room to name", () => {
    const comment = of(3_000);
    expect(comment).toMatch(/\d+ of 300 changes are named alone, \d+ of 300 are not even named/);
    expect(comment).not.toContain("<code>changed: ");
  });

  it("gives each stack its turn", () => {
    const comment = of(30_000, [large, { ...large, stack: "prod" }]);
    const [, stage = "", prod = ""] = comment.split(/<details><summary><code>(?:stage|prod)<\/code>/);
    const count = (section: string) => section.match(/<code>changed: /g)?.length ?? 0;
    expect(Math.abs(count(stage) - count(prod))).toBeLessThanOrEqual(1);
    expect(count(prod)).toBeGreaterThan(5);
  });
});
