import { stringify } from "yaml";
import { block, fold, inlineHtml } from "../github/markdown.ts";
import { digestChange } from "./digest.ts";
import { nameOf, type ObjectDiff } from "./object-diff.ts";
import { STAYS } from "./object-text.ts";
import { type ShownField, shownFields } from "./shown-fields.ts";
import type { StackDiff } from "./stack-diff.ts";
import { summaryLines } from "./text.ts";

/** Comparisons for a page of GitHub's: of each stack the summary, and each object folded. */
export function diffMarkdown(diffs: readonly StackDiff[]): string {
  return diffs
    .flatMap((diff) => [
      `### ${inlineHtml(diff.stack)}`,
      diffBlock(summaryLines(diff)),
      ...diff.objects.map((object) => objectFold(object)),
    ])
    .join("\n\n");
}

/**
 * An object under its name, with what changes of it, or all of it where it is added.
 *
 * @param room As many columns of each value and line that changes are shown. @default - all
 */
export function objectFold(object: ObjectDiff, room?: number): string {
  return fold(inlineHtml(titleOf(object)), diffBlock(objectLines(object, room)));
}

/** `changed: Deployment packit--stg/valkey` */
export function titleOf(object: ObjectDiff): string {
  const refused = object.refused ? ", refused" : "";
  return `${object.what}${refused}: ${nameOf(object)}`;
}

/** Lines in the form of a diff. */
export function diffBlock(lines: readonly string[]): string {
  return block(lines.join("\n"), "diff");
}

/** What changes of an object, in the form of a diff, which GitHub colours. */
function objectLines({ because, refused, stays, added, fields }: ObjectDiff, room?: number): string[] {
  const whole = added ? stringify(added, { lineWidth: 0 }).trimEnd().split("\n") : [];
  return [
    ...(because ? [`# made anew, for ${because.join(", ")}`] : []),
    ...(refused ? [`# refused, as ${refused}`] : []),
    ...(stays ? [`# ${STAYS}`] : []),
    ...whole.map((line) => `+${line}`),
    ...shownFields(fields, room).flatMap(fieldLines),
  ];
}

function fieldLines({ path, before, after, lines }: ShownField): string[] {
  const digest = digestChange(path);
  if (digest !== undefined) return [`# ${digest}`];
  if (lines) return lines.map((line) => (line.startsWith("@@") ? `@@ ${path}, ${line.slice(3)}` : line));
  return [
    `@@ ${path} @@`,
    ...(before === undefined ? [] : [`-${before}`]),
    ...(after === undefined ? [] : [`+${after}`]),
  ];
}
