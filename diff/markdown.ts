import { stringify } from "yaml";
import type { FieldDiff } from "./field-diff.ts";
import type { ObjectDiff } from "./object-diff.ts";
import type { StackDiff } from "./stack-diff.ts";
import { DIGEST_CHANGED, isDigest, nameOf, shown, summaryLines } from "./text.ts";

/** Comparisons for a page of GitHub's: of each stack the summary, and each object folded. */
export function diffMarkdown(diffs: readonly StackDiff[]): string {
  return diffs
    .flatMap((diff) => [
      `### ${code(diff.stack)}`,
      fenced(summaryLines(diff)),
      ...diff.objects.map(objectFold),
    ])
    .join("\n\n");
}

/** An object under its name, with what changes of it, or all of it where it is added. */
export function objectFold(object: ObjectDiff): string {
  return fold(code(titleOf(object)), fenced(objectLines(object)));
}

/** `changed: Deployment packit--stg/valkey` */
export function titleOf(object: ObjectDiff): string {
  const refused = object.refused ? ", refused" : "";
  return `${object.what}${refused}: ${nameOf(object)}`;
}

/** Markdown under a title of HTML that opens it. */
export function fold(title: string, content: string): string {
  return `${foldStart(title)}\n\n${content}\n\n${FOLD_END}`;
}

export function foldStart(title: string): string {
  return `<details><summary>${title}</summary>`;
}

export const FOLD_END = "</details>";

/**
 * Lines in a block of code that nothing in them can end: its fence is longer than any run of its character, of which the
 * longest are cut.
 */
export function fenced(lines: readonly string[]): string {
  const text = lines.join("\n").replaceAll(LONG_RUN, (run) => `${run.slice(0, LONGEST_RUN)}…`);
  const longest = (text.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

const LONGEST_RUN = 20;
const LONG_RUN = new RegExp(`\`{${LONGEST_RUN + 1},}`, "g");

/** The longest name that is shown whole: as long as any of Kubernetes' can be with its kind and namespace. */
const LONGEST_NAME = 400;

/** A text in one line, as code, in which nothing is Markdown or HTML. */
export function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").slice(0, LONGEST_NAME);
  return `<code>${line.replaceAll(/[^\w .:/-]/gu, (letter) => `&#${letter.codePointAt(0)};`)}</code>`;
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
  if (isDigest(path)) return [`# ${DIGEST_CHANGED}`];
  if (lines) return lines.map((line) => (line.startsWith("@@") ? `@@ ${path}, ${line.slice(3)}` : line));
  return [
    `@@ ${path} @@`,
    ...(before === undefined ? [] : [`-${shown(before)}`]),
    ...(after === undefined ? [] : [`+${shown(after)}`]),
  ];
}
