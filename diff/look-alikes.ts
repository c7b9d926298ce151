import { numberOf, visible } from "../system/visible.ts";

/** A text that stands on one side of a change, by its sign, `-` or `+`; what has any other sign is of neither. */
export interface Side {
  readonly sign: string;
  readonly text: string;
}

/** A line of a changed text, as `-a`. */
export function sideOf(line: string): Side {
  return { sign: line.slice(0, 1), text: line.slice(1) };
}

/**
 * Shows texts of two sides so that none looks like another one of the other side. What cannot be seen stands by its
 * number. Where two look the same even so, tabs, spaces at the end of a line and all letters beyond ASCII do, too.
 */
export function apart(sides: readonly Side[]): (side: Side) => string {
  const alike = lookAlikes(sides, ({ text }) => seen(text));
  return ({ text }) => (alike.has(text) ? numbered(text) : seen(text));
}

/** The texts that look, as they are shown, like another one of the other side. */
export function lookAlikes(sides: readonly Side[], shown: (side: Side) => string): ReadonlySet<string> {
  const signed = new Map(sides.map((side) => [`${side.sign}${side.text}`, side]));
  const looks = [...signed.values()]
    .filter(({ sign }) => sign === "-" || sign === "+")
    .map((side) => ({ ...side, look: shown(side) }));
  const groups = [...Map.groupBy(looks, ({ look }) => roughly(look)).values()];
  const alike = groups.flatMap((group) =>
    group.filter(({ sign, text, look }) =>
      group.some((one) => one.sign !== sign && one.text !== text && isAlike(one.look, look)),
    ),
  );
  return new Set(alike.map(({ text }) => text));
}

/** What begins as a number of `visible` does gets one itself, so that each stands for one text. */
function seen(text: string): string {
  return visible(text.replaceAll(/⟨(?=U\+)/g, byNumber));
}

function numbered(text: string): string {
  return text
    .replaceAll(/[^\n -~]/gu, byNumber)
    .replaceAll(/ +$/gm, (spaces) => spaces.replaceAll(" ", byNumber));
}

function byNumber(letter: string): string {
  return `⟨${numberOf(letter)}⟩`;
}

/** Whether two texts that are roughly the same look the same: nobody sees how far a tab goes. */
function isAlike(one: string, other: string): boolean {
  return [one, other].some((text) => text.includes("\t")) || ended(one) === ended(other);
}

function roughly(text: string): string {
  return ended(text).replaceAll(/[\t ]+/g, " ");
}

/** A text without blanks at the ends of its lines; letters that are put together are as those that are whole. */
function ended(text: string): string {
  return text.normalize("NFC").replaceAll(/[\t ]+$/gm, "");
}
