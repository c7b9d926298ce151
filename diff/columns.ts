import stringWidth from "string-width";

/** The columns that a text takes in a terminal, at most: two for a wide letter, and eight for a tab. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) columns += widthOf(letter);
  return columns;
}

/** How much of a text fits into so many columns, as an index into it. */
export function fitting(text: string, most: number): number {
  let [index, columns] = [0, 0];
  for (const letter of text) {
    columns += widthOf(letter);
    if (columns > most) break;
    index += letter.length;
  }
  return index;
}

const TAB = 8;

function widthOf(letter: string): number {
  if (letter === "\t") return TAB;
  // Most letters are such, and the library is slow.
  return letter <= "~" ? 1 : stringWidth(letter);
}
