import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { block, excerpt } from "../../github/markdown.ts";
import { type Section, sectionsIn, withSection } from "../../operations/test-instances/status-sections.ts";

const END = "the end";

describe("a status comment", () => {
  it("tells of several instances, of each what the newest run says, and of the newest first", () => {
    const said: Section[] = [
      { name: "one", run: 1, text: "deploying" },
      { name: "two", run: 2, text: "deploying" },
      { name: "one", run: 1, text: "up" },
      { name: "two", run: 1, text: "too late" },
    ];
    expect(sectionsIn(written(said))).toEqual([
      { name: "two", run: 2, text: "deploying" },
      { name: "one", run: 1, text: "up" },
    ]);
    expect(written(said).endsWith(END)).toBe(true);
  });

  it("says the same when it is told the same again", () => {
    const once = written([{ name: "one", run: 1, text: "up" }]);
    expect(withSection(once, { name: "one", run: 1, text: "up" }, END)).toBe(once);
  });

  it("keeps an answer until a newer request is made", () => {
    const wrong = { name: "", run: 1, text: "mistyped" };
    expect(written([wrong, { name: "one", run: 1, text: "up" }])).toContain("mistyped");
    expect(written([wrong, { name: "one", run: 2, text: "up" }])).not.toContain("mistyped");
  });

  it("begins anew where somebody has changed it to something else", () => {
    expect(sectionsIn(withSection("what?", { name: "one", run: 1, text: "up" }, END))).toHaveLength(1);
  });

  it("is never too long, and no text in it is taken for another instance's", () => {
    const marker = "<!-- section name=other run=99 -->";
    const text = fc
      .oneof(fc.string(), fc.constant(`${marker}\n`.repeat(2000)))
      .map((one) => block(excerpt(one), "text"));
    const section = fc.record({
      name: fc.constantFrom("", "a", "b-1", "c", "d", "e", "f"),
      run: fc.nat(9),
      text,
    });
    fc.assert(
      fc.property(fc.array(section, { maxLength: 10 }), (all) => {
        const body = written(all);
        expect(body.length).toBeLessThan(65_000);
        expect(sectionsIn(body).length).toBeLessThanOrEqual(5);
        expect(sectionsIn(body).map(({ name }) => name)).not.toContain("other");
      }),
      { numRuns: 50 },
    );
  });
});

function written(all: readonly Section[]): string {
  return all.reduce((body, section) => withSection(body, section, END), "");
}
