/** How much of a text is shown in a block, in characters: its beginning and its end. */
const LONGEST = 4000;

/** A text within a line, as code: GitHub makes no link, no mention and no markup of it. */
export function inline(text: string): string {
  const line = plain(text).replaceAll(/\s+/g, " ").trim().slice(0, 300).toWellFormed();
  if (line === "") return "` `";
  const fence = fenceOf(line, 1);
  // Spaces keep a backtick at either end apart from the fence, and are not shown.
  return line.startsWith("`") || line.endsWith("`") ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}

/** A text of several lines, as code; nothing in it ends the block. */
export function block(text: string): string {
  const whole = plain(text).trim();
  const half = LONGEST / 2;
  const shown =
    whole.length <= LONGEST ? whole : `${whole.slice(0, half).trimEnd()}\n…\n${whole.slice(-half)}`;
  const fence = fenceOf(shown, 3);
  return `${fence}text\n${shown.toWellFormed()}\n${fence}`;
}

/** Whoever reads a comment sees what is in it: nothing that is invisible, or turns the order of letters around. */
function plain(text: string): string {
  const visible = text.replaceAll(/\r\n?/g, "\n").replaceAll(/[^\P{C}\n\t]/gu, "");
  // Comments of HTML are what this project finds its own texts by.
  return visible.replaceAll("<!--", "<! --");
}

/** More backticks than stand anywhere in a text. */
function fenceOf(text: string, atLeast: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return "`".repeat(Math.max(atLeast, longest + 1));
}
