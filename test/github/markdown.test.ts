import fc from "fast-check";
import { lexer, type Token } from "marked";
import { describe, expect, it } from "vitest";
import { block, excerpt, inline, inlineHtml } from "../../github/markdown.ts";

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "`",
        "``",
        "```",
        "````\n",
        "~~~",
        "\n",
        "@everyone",
        "<!--",
        "-->",
        "<b>",
        "](x)",
        "|",
        "# ",
      ),
      fc.string({ unit: "binary", maxLength: 5 }),
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(""));

describe("a text that comes from elsewhere", () => {
  it("is one block of code, whatever is in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const tokens = lexer(`before\n\n${block(excerpt(text), "text")}\n\nafter`).filter(
          ({ type }) => type !== "space",
        );
        expect(tokens.map(({ type }) => type)).toEqual(["paragraph", "code", "paragraph"]);
        expect(block(excerpt(text), "text")).not.toContain("<!--");
      }),
      { numRuns: 500 },
    );
  });

  it("is one piece of code within a line, whatever is in it", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const [paragraph, ...others] = lexer(`- a ${inline(text)} b`);
        expect(others).toEqual([]);
        const [item] = (paragraph as { items?: { tokens: Token[] }[] }).items ?? [];
        const [own] = item?.tokens ?? [];
        const types = ((own as { tokens?: Token[] }).tokens ?? []).map(({ type }) => type);
        expect(types).toEqual(["text", "codespan", "text"]);
      }),
      { numRuns: 500 },
    );
  });

  it("is shown with its beginning and its end where it is long", () => {
    const shown = block(excerpt(`first\n${"x\n".repeat(50_000)}last`), "text");
    expect(shown.length).toBeLessThan(4100);
    expect(shown).toMatch(/^```text\nfirst\n.*\n…\n.*last\n```$/s);
  });

  it("shows what is invisible in it, and is otherwise as it was", () => {
    expect(inline("a\u202e\u0007\u200bb\u001b[1m")).toBe("`a⟨U+202E⟩⟨U+0007⟩⟨U+200B⟩b⟨U+001B⟩[1m`");
    expect(block(excerpt("a\r\n  b\tc"), "text")).toBe("```text\na\n  b\tc\n```");
  });

  it("is another one in a comment where it is another text", () => {
    const unseen = fc.constantFrom(..."\r\u00a0\u00ad\u200b\u202e\u2066\u2800\u3164\ufe0f\ufeff");
    fc.assert(
      fc.property(fc.string(), unseen, fc.string(), (before, letter, after) => {
        for (const form of [(text: string) => block(text, "diff"), inline, inlineHtml])
          expect(form(`x${before}${letter}${after}`)).not.toBe(form(`x${before}${after}`));
      }),
    );
  });
});
