import { columnsOf, fitting } from "./columns.ts";

/**
 * Prose in lines of a width, in columns, with four more spaces before all but the first. What is longer than a line is parted where
 * a path has a step, or else anywhere.
 */
export function wrapped(text: string, width: number): string[] {
  const [lead = ""] = /^ */.exec(text) ?? [];
  const indent = `${lead}    `;
  const lines: string[] = [];
  let line = "";
  for (const word of text.slice(lead.length).split(" ")) {
    const longer = line === "" ? `${lead}${word}` : `${line} ${word}`;
    if (columnsOf(longer) <= width || line === "") {
      line = longer;
    } else {
      lines.push(line);
      line = `${indent}${word}`;
    }
    while (columnsOf(line) > width) {
      const end = stepBefore(line, width, indent.length);
      lines.push(line.slice(0, end));
      line = `${indent}${line.slice(end)}`;
    }
  }
  return [...lines, line];
}

/** What is to be read is no wider than that, in columns, however wide the terminal is. */
const WIDEST_PROSE = 80;

/** The same of what is to be read; a message of several lines is in lines already. */
export function wrappedProse(text: string, width: number): string[] {
  return text.includes("\n") ? [text] : wrapped(text, Math.min(width, WIDEST_PROSE));
}

/** Where a line that is too long can end. */
function stepBefore(line: string, width: number, atLeast: number): number {
  const most = fitting(line, width);
  const ends = [...line.slice(0, most).matchAll(/(?=[.[/])/g)].map(({ index }) => index);
  return ends.findLast((end) => end > atLeast) ?? most;
}
