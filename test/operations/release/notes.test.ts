import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { releaseSettings } from "../../../components/release/settings.ts";
import { postLength } from "../../../mastodon/length.ts";
import {
  blogPost,
  isoWeek,
  joinPosts,
  noteOf,
  placeOf,
  shortPosts,
  splitPosts,
  tooLong,
} from "../../../operations/release/notes.ts";

const SETTINGS = releaseSettings.parse({});
const DAY = new Date("2026-11-30T13:00:00Z");
const LINK = "https://packit.dev/weekly/2026/week-49";

function pull(body: string) {
  return { number: 7, title: "t", body, url: "https://github.com/packit/packit/pull/7", isMerged: true };
}

describe("the note of a pull request", () => {
  it.each([
    ["RELEASE NOTES BEGIN\r\n\r\nPackit can *fly*\r\nnow.\r\n\r\nRELEASE NOTES END", "Packit can *fly* now."],
    ["x\nRELEASE NOTES BEGIN\n<!-- write here -->\nA.\nRELEASE NOTES END\ny", "A."],
    ["<!-- RELEASE NOTES BEGIN -->\nA.\n<!-- RELEASE NOTES END -->", "A."],
    ["RELEASE NOTES BEGIN\n\nN/A\n\nRELEASE NOTES END", undefined],
    ["RELEASE NOTES BEGIN\nnone.\nRELEASE NOTES END", undefined],
    ["RELEASE NOTES BEGIN\n\nRELEASE NOTES END", undefined],
    [
      "RELEASE NOTES BEGIN\nNone of the commands hangs any more.\nRELEASE NOTES END",
      "None of the commands hangs any more.",
    ],
    ["nothing at all", undefined],
  ])("in %j is %j", (body, text) => {
    expect(noteOf("packit", pull(body))?.text).toBe(text);
  });
});

describe("the blog post", () => {
  it("is as the blog's own are", () => {
    const note = noteOf("packit", pull("RELEASE NOTES BEGIN\nA.\nRELEASE NOTES END"));
    expect(blogPost(SETTINGS, DAY, note ? [note] : [])).toBe(
      [
        ...["---", "title: Packit in November 2026", "date: 2026-11-30", "tags:"],
        ...["  - 2026-November", "  - 2026", "  - November", "---", "", "## Week 49", ""],
        ...["- A. ([packit#7](https://github.com/packit/packit/pull/7))", ""],
      ].join("\n"),
    );
  });

  it.each([
    ["2026-11-30", { year: 2026, week: 49 }],
    ["2027-01-01", { year: 2026, week: 53 }],
    ["2024-12-30", { year: 2025, week: 1 }],
    ["2026-01-04", { year: 2026, week: 1 }],
  ])("of %s is of the week %j", (day, week) => {
    expect(isoWeek(new Date(day))).toEqual(week);
  });

  it("has its place by the week", () => {
    expect(placeOf(SETTINGS, DAY)).toEqual({
      path: "weekly/2026/week-49.md",
      title: "Packit in November 2026",
      url: LINK,
    });
  });
});

describe("short posts", () => {
  const texts = fc.array(fc.string({ minLength: 1, maxLength: 900, unit: "grapheme" }), {
    minLength: 1,
    maxLength: 8,
  });

  it("each fit, tell every note, and end with the link, whatever the notes are", () => {
    fc.assert(
      fc.property(texts, (all) => {
        const notes = all.map((text, number) => ({
          repository: "packit",
          number,
          url: "",
          text: `${number} ${text}`,
        }));
        const posts = shortPosts({ notes, title: "Packit in May 2026", link: LINK, limit: 500 });
        for (const post of posts) {
          expect(post.endsWith(LINK)).toBe(true);
          expect(postLength(post)).toBeLessThanOrEqual(500);
        }
        const whole = posts.join("\n");
        for (const { number } of notes) expect(whole).toContain(`• ${number}`);
      }),
    );
  });

  it("come back from the file in which they are reviewed, and are refused where one is too long", () => {
    expect(splitPosts(joinPosts(["a\n\nb", "c"]))).toEqual(["a\n\nb", "c"]);
    expect(tooLong(["x".repeat(500)], 500)).toBeUndefined();
    expect(tooLong(["a", "x".repeat(501)], 500)).toBe("Post 2 has 501 characters; a post has at most 500.");
  });
});
