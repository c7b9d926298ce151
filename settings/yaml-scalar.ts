import type { Scalar } from "yaml";
import { DAY_OF_ENGINE } from "./engine-value.ts";

/** A number to gopkg.in/yaml.v3, once it has taken out underscores: octal, binary and hexadecimal ones among them. */
const NUMBER =
  /^[-+]?(0[xX][\da-fA-F]+|0[oOB]?[0-7]+|0[bB][01]+|0b[-+]?[01]+|0o[-+]?[0-7]+|(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?)$/;

/** A point in time to gopkg.in/yaml.v3. */
const TIME = /^\d{4}-\d{1,2}-\d{1,2}(([Tt]| +)\d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/;

/** The form of a point in time that a setting may have. The engine adds a time to it, which is taken off again. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Escapes that gopkg.in/yaml.v3 does not know, or that join lines by other rules. */
const ESCAPE = /^([^\\]|\\[^/\n\ru]|\\u(?![dD][89a-fA-F]))*\\(\/|\r?\n|u[dD][89a-fA-F])/;

/** A quoted text with its end: the parser takes an escaped quote for one, where the next line starts a key. */
const WHOLE = /^("([^"\\]|\\[\s\S])*"|'([^']|'')*')$/;

/** Where a scalar stands. */
export interface ScalarPlace {
  /** What is written there, quotes and all. */
  readonly raw: string;
  readonly isKey?: boolean;
  /** Whether it is within brackets or braces. */
  readonly inFlow?: boolean | undefined;
}

/**
 * What is wrong with a scalar that Pulumi's engine, which reads YAML with gopkg.in/yaml.v3, may read otherwise than
 * this program, or that loses a part of what was written: `010` is 8 there, `1.10` becomes 1.1 for both.
 */
export function scalarMistake({ value, source, type }: Scalar, place: ScalarPlace): string | undefined {
  if (typeof value === "string") {
    if (DAY_OF_ENGINE.test(value)) return "is a day with a time. Write the day alone.";
    // The engine writes the file anew before it reads the settings, and then loses that line.
    if (value.startsWith("\n")) return "starts with an empty line. Remove it.";
  }
  if (type?.startsWith("QUOTE") && !WHOLE.test(place.raw))
    return "starts with a quote, and does not end with one.";
  if (type === "QUOTE_DOUBLE" && ESCAPE.test(place.raw))
    return "has a backslash in its quotes that not every reader of YAML takes alike: write it without.";
  return type === "PLAIN" ? plainMistake(value, source ?? "", place) : undefined;
}

function plainMistake(value: unknown, text: string, { raw, isKey, inFlow }: ScalarPlace): string | undefined {
  if (value === null) return 'has no value. Remove it, or give it one; an empty text is written "".';
  if (typeof value === "boolean") {
    if (isKey) return looksLike("a switch");
    return text === String(value)
      ? undefined
      : `is another form of ${value}. Write ${value}, or put it in quotes.`;
  }
  if (typeof value === "number") {
    return text === String(value) && !isKey ? undefined : looksLike("a number");
  }
  if (isKey && raw.includes("\n")) return "goes on over several lines. Write it on one.";
  if (inFlow && /^:|\?/.test(text)) return "has a : or ? where it means more: put it in quotes.";
  if (isKey && text === "<<") return looksLike("a merge");
  if (TIME.test(text)) return !isKey && DAY.test(text) ? undefined : looksLike("a time");
  return isNumber(text) ? looksLike("a number") : undefined;
}

function isNumber(text: string): boolean {
  if (!/^[-+.\d]/.test(text)) return false;
  const bare = text.replaceAll(text.startsWith(".") ? /(?<=\d)_(?=\d)/g : "_", "");
  return NUMBER.test(bare) && Math.abs(Number(bare)) !== Number.POSITIVE_INFINITY;
}

function looksLike(what: string): string {
  return `looks like ${what}, which not every reader of YAML takes alike: put it in quotes.`;
}
