import type { ObjectDiff } from "./object-diff.ts";
import type { StackDiff } from "./stack-diff.ts";
import { nameOf, objectLines, summaryLines } from "./text.ts";

/** Comparisons for a page of GitHub's: of each stack the summary, and each object folded. */
export function diffMarkdown(diffs: readonly StackDiff[]): string {
  return diffs
    .flatMap((diff) => [`### ${diff.stack}`, fenced(summaryLines(diff)), ...diff.objects.map(folded)])
    .join("\n\n");
}

function folded(object: ObjectDiff): string {
  const title = `<summary><code>${escaped(`${object.what}: ${nameOf(object)}`)}</code></summary>`;
  return `<details>${title}\n\n${fenced(objectLines(object))}\n\n</details>`;
}

/** Lines in a block of code that nothing in them can end: its fence is longer than any run of its character. */
export function fenced(lines: readonly string[]): string {
  const text = lines.join("\n");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}diff\n${text}\n${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
