import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineDiff } from "../../diff/html/lines.ts";
import { type Content, html } from "../../diff/html/markup.ts";
import { diffHtml } from "../../diff/html/page.ts";
import { diffText } from "../../diff/text.ts";
import { visible } from "../../system/visible.ts";
import { bareDiff, diffWith, stackDiffOf } from "../support/stack-diffs.ts";

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" } as const;

describe("markup", () => {
  it("holds any text so that it ends no tag and no attribute, and is read again as it was", () => {
    const names = Object.keys(ENTITIES) as (keyof typeof ENTITIES)[];
    const entity = new RegExp(`&(${names.join("|")});`, "g");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const written = html`${text}`.text;
        expect(written.replaceAll(entity, "")).not.toMatch(/[&<>"']/);
        const read = written.replaceAll(entity, (_, name: keyof typeof ENTITIES) => ENTITIES[name]);
        expect(read).toBe(visible(text));
      }),
    );
  });

  it("holds markup of its own as it is, lists, and nothing where there is nothing", () => {
    const list: Content[] = ["<", html`<i>${"&"}</i>`, undefined, false, 0];
    expect(html`<b>${list}</b>`.text).toBe("<b>&lt;<i>&amp;</i>0</b>");
  });
});

describe("a text of several lines", () => {
  it("has each change's former and new lines together, with the words in which they differ", () => {
    const lines = ["@@ line 3 @@", " a", "-b is 1", "+b is 2", "+c", "-d", "\\ No newline at end of file"];
    const { text } = lineDiff(lines);
    const tags = [...text.matchAll(/<(div class="\w+"|del|ins|mark)/g)].map(([, tag]) => tag);
    const [one, two] = [["del", "mark", "ins", "mark", "ins"], ["del"]];
    const [change, place] = [`div class="change"`, `div class="place"`];
    expect(tags).toEqual([
      `div class="lines"`,
      place,
      `div class="both"`,
      change,
      ...one,
      change,
      ...two,
      place,
    ]);
    expect(text).toContain("b is <mark>2</mark>");
  });
});

describe("a page of comparisons", () => {
  it("has no stack that is taken for one of its controls", () => {
    const page = diffHtml([diffWith("filter"), diffWith("help")]);
    expect(page.match(/id="(filter|help)"/g)).toHaveLength(2);
  });

  it("allows just the style and the script that stand in it", () => {
    const page = diffHtml([diffWith("</script><script>alert(1)</script>")]);
    for (const name of ["style", "script"]) {
      const [[, content = ""] = [], ...others] = [
        ...page.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs")),
      ];
      expect(others).toEqual([]);
      const hash = createHash("sha256").update(content).digest("base64");
      expect(page).toContain(`${name}-src &#39;sha256-${hash}&#39;;`);
    }
  });

  it("says of each stack what becomes of it", async () => {
    const changed = await stackDiffOf("stage", {}, { storageClass: "gp3" });
    const page = diffHtml([
      changed,
      bareDiff("one", "same"),
      bareDiff("two", "gone"),
      bareDiff("three", "new"),
      bareDiff("four", "unknown", { wrong: { side: "base", message: "first\nlast" } }),
    ]);
    expect(page).not.toContain("where this branch left");
    expect(diffHtml([{ ...changed, forkedFrom: "<main>" }])).toContain(
      "where this branch left <code>&lt;main&gt;</code>",
    );
    expect(diffText([{ ...changed, forkedFrom: "main" }])).toMatch(
      /^stage, compared with 0123456789ab, where this branch left main: /,
    );
    expect(page).toMatch(/one<\/h2><p>Nothing changes\./);
    expect(page).toContain("Its file is gone");
    expect(page).toContain("A new stack of 0 objects");
    expect(page).toMatch(/cannot be rendered at the base.*first\nlast/s);
  });
});
