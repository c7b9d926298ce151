/** All that leaves no mark of its own on a screen, or turns other letters around; a space and a line's end are such, too. */
export const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A text in which what cannot be seen stands by its number, as `⟨U+200B⟩`; line ends, tabs and spaces stay. */
export function visible(text: string): string {
  return text.replaceAll(OTHERS, (letter) => `⟨${numberOf(letter)}⟩`);
}

const OTHERS = new RegExp(`(?![\\n\\t ])${UNSEEN.source}`, "gu");

/** The number of a character, as `U+200B`. */
export function numberOf(letter: string): string {
  return `U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
