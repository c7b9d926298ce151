import { apart, sideOf } from "../look-alikes.ts";
import { html, type Markup } from "./markup.ts";
import { compareWords } from "./words.ts";

/**
 * The lines in which two texts differ. Each change is a block of its former and its new lines, which the style puts below
 * or beside each other. What is unchanged stands there twice, as side by side it is shown on both.
 */
export function lineDiff(lines: readonly string[]): Markup {
  const shown = apart(lines.map(sideOf));
  const all = lines.map((line) => `${line.slice(0, 1)}${shown(sideOf(line))}`);
  return html`<div class="lines">${blocks(all).map(blockOf)}</div>`;
}

/** Lines that stand together: those of a change, or others, which are one each. */
interface Block {
  readonly removed: string[];
  readonly added: string[];
  readonly other?: string;
}

function blocks(lines: readonly string[]): Block[] {
  const all: Block[] = [];
  for (const line of lines) {
    const sign = line.slice(0, 1);
    if (sign === "-" || sign === "+") changeFor(sign, all).push(line.slice(1));
    else all.push({ removed: [], added: [], other: line });
  }
  return all;
}

/** The lines that a line belongs to: those of the last change, unless something else, or its new lines, came since. */
function changeFor(sign: "-" | "+", all: Block[]): string[] {
  const last = all.at(-1);
  const goesOn = last !== undefined && last.other === undefined && (sign === "+" || last.added.length === 0);
  const change: Block = goesOn ? last : { removed: [], added: [] };
  if (!goesOn) all.push(change);
  return sign === "-" ? change.removed : change.added;
}

function blockOf({ removed, added, other }: Block): Markup {
  if (other?.startsWith("@@")) return html`<div class="place">${other.replaceAll("@@", "").trim()}</div>`;
  if (other?.startsWith("\\")) return html`<div class="place">${other.slice(1).trim()}</div>`;
  if (other !== undefined) {
    const text = other.slice(1);
    return html`<div class="both"><span class="line">${text}\n</span><span class="line twin" aria-hidden="true">${text}\n</span></div>`;
  }
  const pairs = removed.map((line, i) => {
    const after = added[i];
    return after === undefined ? undefined : compareWords(line, after);
  });
  return html`<div class="change">${removed.map(
    (line, i) => html`<del class="line">${pairs[i]?.before ?? line}\n</del>`,
  )}${added.map((line, i) => html`<ins class="line">${pairs[i]?.after ?? line}\n</ins>`)}</div>`;
}
