import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { postLength } from "../../mastodon/length.ts";

describe("the length of a post, as Mastodon counts it", () => {
  it.each([
    ["", 0],
    ["Packit", 6],
    ["žluťoučký", 9],
    // One grapheme each: a family, a flag, a letter with a mark of its own.
    ["👩‍👩‍👧‍👦🇨🇿e\u0301", 3],
    ["https://packit.dev", 23],
    [`https://packit.dev/${"x".repeat(400)}`, 23],
    ["http://a.b/c. And more", 33],
    ["See (https://packit.dev/weekly) and https://packit.dev!", 5 + 23 + 6 + 23 + 1],
    ["@packit@fosstodon.org", 7],
    ["@packit and somebody@example.com", 32],
  ])("of %j is %i", (text, length) => {
    expect(postLength(text)).toBe(length);
  });

  it("grows by the length of what is added, whatever links are", () => {
    const path = fc.stringMatching(/^[a-z0-9/]{0,60}[a-z]$/);
    fc.assert(
      fc.property(fc.array(path, { maxLength: 5 }), (paths) => {
        const text = paths.map((one) => `https://packit.dev/${one}`).join(" ");
        expect(postLength(text)).toBe(paths.length * 23 + Math.max(0, paths.length - 1));
      }),
    );
  });
});
