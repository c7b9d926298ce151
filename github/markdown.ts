import { visible } from "../system/visible.ts";

/** How much of a text is shown in an excerpt, in characters: its beginning and its end. */
const LONGEST = 4000;

/** The longest name that is shown whole: as long as any of Kubernetes' can be with its kind and namespace. */
const LONGEST_NAME = 400;

/** As many backticks one after another are shown: a fence must be longer. */
const LONGEST_RUN = 20;
const LONG_RUN = new RegExp(`\`{${LONGEST_RUN + 1},}`, "g");

/** A text within a line, as code: GitHub makes no link, no mention and no markup of it. */
export function inline(text: string): string {
  const line = plain(text).replaceAll(/\s+/g, " ").trim().slice(0, 300).toWellFormed();
  if (line === "") return "` `";
  const fence = fenceOf(line, 1);
  // Spaces keep a backtick at either end apart from the fence, and are not shown.
  return line.startsWith("`") || line.endsWith("`") ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** The same for where HTML stands, as in a summary: nothing in it is Markdown or HTML. */
export function inlineHtml(text: string): string {
  const line = plain(text).replaceAll(/\s+/g, " ").slice(0, LONGEST_NAME).toWellFormed();
  return `<code>${line.replaceAll(/[^\w .:/+⟨⟩-]/gu, (letter) => `&#${letter.codePointAt(0)};`)}</code>`;
}

/** A text of several lines, as code; nothing in it ends the block. */
export function block(text: string, language: "text" | "diff"): string {
  const shown = plain(text)
    .replaceAll(LONG_RUN, (run) => `${run.slice(0, LONGEST_RUN)}…`)
    .toWellFormed();
  const fence = fenceOf(shown, 3);
  return `${fence}${language}\n${shown}\n${fence}`;
}

/** A message of which the beginning and the end are enough; how its lines end does not matter. */
export function excerpt(text: string): string {
  const whole = visible(text.replaceAll(/\r\n?/g, "\n")).trim();
  if (whole.length <= LONGEST) return whole;
  const half = LONGEST / 2;
  return `${whole.slice(0, half).trimEnd()}\n…\n${whole.slice(-half)}`;
}

/** Markdown under a title of HTML that opens it. */
export function fold(title: string, content: string): string {
  return `${foldStart(title)}\n\n${content}\n\n${FOLD_END}`;
}

export function foldStart(title: string): string {
  return `<details><summary>${title}</summary>`;
}

export const FOLD_END = "</details>";

/** Whoever reads a comment sees what is in it: also what is invisible, or turns the order of letters around. */
function plain(text: string): string {
  // Comments of HTML are what this project finds its own texts by.
  return visible(text).replaceAll("<!--", "<! -");
}

/** More backticks than stand anywhere in a text. */
function fenceOf(text: string, atLeast: number): string {
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 0);
  return "`".repeat(Math.max(atLeast, longest + 1));
}
