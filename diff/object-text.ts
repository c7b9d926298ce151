import { columnsOf } from "./columns.ts";
import { digestChange } from "./digest.ts";
import { nameOf, type ObjectDiff } from "./object-diff.ts";
import { type ShownField, shownFields } from "./shown-fields.ts";
import { wrapped, wrappedProse } from "./wrapped.ts";

/**
 * One object, and each field of it that differs.
 *
 * @param width How wide lines may be, in columns: values are cut to fit.
 */
export function objectLines(object: ObjectDiff, width: number): string[] {
  const because = object.because ? ` (made anew, for ${object.because.join(", ")})` : "";
  const stays = object.stays ? ` (${STAYS})` : "";
  return [
    ...wrappedProse(`${SIGN[object.what]} ${nameOf(object)}${because}${stays}`, width),
    ...shownFields(object.fields, width - INDENT).flatMap((field) => fieldLines(field, width)),
  ];
}

const SIGN = { added: "+", removed: "-", changed: "~", replaced: "±" } as const;

/** What is said of an object that is removed from the program alone. */
export const STAYS = "no longer declared, but it stays where it is";

/** What stands before a value in a line of its own, in columns. */
const INDENT = 8;

/** Two values stand in one line up to this width, in columns. */
const WIDEST_PAIR = 160;

function fieldLines({ path, before, after, lines }: ShownField, width: number): string[] {
  const digest = digestChange(path);
  if (digest !== undefined) return wrappedProse(`    ${path}: ${digest}`, width);
  const title = wrapped(`    ${path}:`, width);
  const under = (texts: readonly string[]) => [...title, ...texts.map((text) => `      ${text}`)];
  if (lines) return under(lines);
  const signed = [
    ...(before === undefined ? [] : [`- ${before}`]),
    ...(after === undefined ? [] : [`+ ${after}`]),
  ];
  const short = `${title.join("")} ${signed.length === 1 ? signed.join("") : `${before} -> ${after}`}`;
  return columnsOf(short) <= Math.min(width, WIDEST_PAIR) ? [short] : under(signed);
}
