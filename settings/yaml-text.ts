import { UserError } from "../errors.ts";

/**
 * What the engine's reader of YAML takes for a control character or a line break, and this one does not: all but
 * printable characters, tabs, `\n` and `\r\n`.
 */
const STRANGE =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\u{a0}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fefe}\u{ff00}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** The text of a YAML file, refused where not every reader finds the same characters and lines in it. */
export function yamlText(name: string, content: string | Uint8Array): string {
  const text = typeof content === "string" ? content.replace(/^\uFEFF/, "") : decoded(name, content);
  const found = STRANGE.exec(text);
  if (found === null) return text;
  const line = text.slice(0, found.index).split("\n").length;
  throw new UserError(
    `${name}:${line}  has ${nameOf(found[0])}, which not every reader of YAML takes alike. Remove it.`,
  );
}

function decoded(name: string, content: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    throw new UserError(`${name} is not UTF-8 text. Save it as UTF-8.`);
  }
}

function nameOf(character: string): string {
  if (character === "\r") return "a line that ends with a carriage return alone";
  const code = character.codePointAt(0) ?? 0;
  return `the character U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
