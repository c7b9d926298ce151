import { stringify } from "yaml";
import { block, fold, inlineHtml } from "../github/markdown.ts";
import { digestChange } from "./digest.ts";
import type { FieldDiff } from "./field-diff.ts";
import type { ObjectDiff } from "./object-diff.ts";
import type { StackDiff } from "./stack-diff.ts";
import { nameOf, shown, summaryLines } from "./text.ts";

/** Comparisons for a page of GitHub's: of each stack the summary, and each object folded. */
export function diffMarkdown(diffs: readonly StackDiff[]): string {
  return diffs
    .flatMap((diff) => [
      `### ${inlineHtml(diff.stack)}`,
      diffBlock(summaryLines(diff)),
      ...diff.objects.map(objectFold),
    ])
    .join("\n\n");
}

/** An object under its name, with what changes of it, or all of it where it is added. */
export function objectFold(object: ObjectDiff): string {
  return fold(inlineHtml(titleOf(object)), diffBlock(objectLines(object)));
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
function objectLines({ because, refused, added, fields }: ObjectDiff): string[] {
  const whole = added ? stringify(added, { lineWidth: 0 }).trimEnd().split("\n") : [];
  return [
    ...(because ? [`# made anew, for ${because.join(", ")}`] : []),
    ...(refused ? [`# refused, as ${refused}`] : []),
    ...whole.map((line) => `+${line}`),
    ...fields.flatMap(fieldLines),
  ];
}

function fieldLines({ path, before, after, lines }: FieldDiff): string[] {
  const digest = digestChange(path);
  if (digest !== undefined) return [`# ${digest}`];
  if (lines) return lines.map((line) => (line.startsWith("@@") ? `@@ ${path}, ${line.slice(3)}` : line));
  return [
    `@@ ${path} @@`,
    ...(before === undefined ? [] : [`-${shown(before)}`]),
    ...(after === undefined ? [] : [`+${shown(after)}`]),
  ];
}
