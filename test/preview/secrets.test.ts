import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown } from "../../diff/markdown.ts";
import { compared, type StackDiff } from "../../diff/stack-diff.ts";
import { diffText } from "../../diff/text.ts";
import { commentOf } from "../../preview/comment.ts";
import { type Masked, maskedOf } from "../../render/masked.ts";
import { GITHUB } from "../support/github-settings.ts";
import { holdsMark, MARK, markedSecrets } from "../support/marks.ts";
import { type Changes, configOf, merge } from "../support/stacks.ts";
import { pairwise, switched } from "../support/switches.ts";

const NAMES = Object.keys(markedSecrets()).filter((name) => name !== "forgeTokens");

/** The forms in which a secret can stand in a configuration: decrypted, encrypted, and as the name of a file. */
const FORMS: Readonly<Record<string, object | undefined>> = {
  decrypted: undefined,
  encrypted: { secure: "v1:bm9uY2U=:dGV4dA==" },
  "in a file": { file: "somewhere" },
};

describe("no secret is in any form of a preview", () => {
  it.each(pairwise().map((on) => [on.join() || "stage as it is", on] as const))(
    "with %s",
    async (_, on) => {
      const changes = merge(GITHUB, switched(...on)) as Changes;
      const [was, is] = [await maskedOf(configOf("stage")), await maskedOf(configOf("stage", changes))];
      for (const [from, to] of [
        [undefined, is],
        [was, is],
        [is, was],
      ] as const) {
        const shown = shownOf(from, to);
        expect(shown[0]).toContain("Secret packit--stg/");
        expect(shown.filter(holdsMark)).toEqual([]);
      }
    },
    60_000,
  );

  it("in whatever form it is given before and after", async () => {
    const form = fc.constantFrom(...Object.keys(FORMS));
    const given = fc.record(Object.fromEntries(NAMES.map((name) => [name, form])));
    await fc.assert(
      fc.asyncProperty(given, given, async (before, after) => {
        const [was, is] = [await maskedOf(givenAs(before)), await maskedOf(givenAs(after))];
        expect(shownOf(was, is).filter(holdsMark)).toEqual([]);
        expect(shownOf(undefined, is).filter(holdsMark)).toEqual([]);
      }),
      { numRuns: 5 },
    );
  }, 120_000);
});

/** The stack with each secret in one of the forms; those that are decrypted are marked. */
function givenAs(forms: Readonly<Record<string, string>>) {
  const secrets = Object.fromEntries(
    Object.entries(forms).flatMap(([name, form]) => (FORMS[form] ? [[name, FORMS[form]]] : [])),
  );
  const config = configOf("stage", { ...switched("withFluentdSidecar"), secrets });
  if (Object.values(forms).includes("decrypted")) expect(JSON.stringify(config.values)).toContain(MARK);
  return config;
}

/** All texts in which a change is told. */
function shownOf(was: Masked | undefined, is: Masked): string[] {
  const former = was && { objects: [...was.objects, ...was.others], hasTexts: true };
  const diffs: StackDiff[] = [{ stack: "stage", base: "c0ffee", ...compared(former, is) }];
  return [
    commentOf({ diffs, head: "c0ffee", elsewhere: "there", limit: Number.MAX_SAFE_INTEGER }),
    diffHtml(diffs),
    diffMarkdown(diffs),
    diffText(diffs),
    JSON.stringify(diffs),
  ];
}
