import { type Fault, OTHER_FORM, type Read } from "./read.ts";

/** All that leaves no mark of its own on a screen, and what stands for bytes that are no text. */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u;

const NAMES: Readonly<Record<string, string>> = {
  "\n": "a line end",
  "\r": "a carriage return",
  "\t": "a tab",
  " ": "a space",
  "\u00a0": "a no-break space (U+00A0)",
  "\ufffd": "what stands for bytes that are no text in UTF-8 (U+FFFD)",
};

/** One line that people type: anything that can be seen, and spaces within it. */
export function textLine(value: string): Read {
  const line = trimmed(value);
  return unseenIn(line, " ") ?? (line === "" ? OTHER_FORM : { value: line });
}

/** One line that stands in headers of HTTP: visible ASCII without spaces. */
export function token(value: string): Read {
  const line = trimmed(value);
  const unseen = unseenIn(line, "");
  if (unseen) return unseen;
  if (/^[\x21-\x7e]+$/.test(line)) return { value: line };
  return line === "" ? OTHER_FORM : { fault: "a value with a character that is not ASCII" };
}

/** One line of a pattern. */
export function patterned(pattern: RegExp): (value: string) => Read {
  return (value) => {
    const line = trimmed(value);
    return unseenIn(line, "") ?? (pattern.test(line) ? { value: line } : OTHER_FORM);
  };
}

/** The first character that cannot be seen and is none of the `allowed` ones. */
export function unseenIn(value: string, allowed: string): Fault | undefined {
  for (const character of value) {
    if (allowed.includes(character) || !UNSEEN.test(character)) continue;
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return {
      fault: `a value with ${NAMES[character] ?? `a character that cannot be seen (U+${code})`} in it`,
    };
  }
  return undefined;
}

/** Without what editors and shells leave at both ends; other spaces are no accident of theirs, and stay to be refused. */
export function trimmed(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && isBlank(value[start])) start++;
  while (end > start && isBlank(value[end - 1])) end--;
  return value.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n";
}
