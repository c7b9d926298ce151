import { columnsOf } from "./columns.ts";
import type { FieldDiff } from "./field-diff.ts";
import { apart, lookAlikes, type Side, sideOf } from "./look-alikes.ts";

/** A field that differs, each side in one line, or line by line. */
export interface ShownField {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly lines?: readonly string[];
}

/**
 * Fields as texts in which everything shows, the invisible by its number. What is longer than there is room for is cut
 * around the place where it differs, with `…` for what is left out; two sides that differ never look the same (`look-alikes.ts`).
 *
 * @param room As many columns of a value or a line are shown. @default - all
 */
export function shownFields(fields: readonly FieldDiff[], room = Number.POSITIVE_INFINITY): ShownField[] {
  // Items of one list that only one side has are each other's counterparts.
  const groups = Map.groupBy(fields, ({ path }) => path);
  const cuts = new Map([...groups].map(([path, group]) => [path, cutter(group.flatMap(sides), room)]));
  return fields.map(({ path, before, after, lines }) => {
    if (lines) {
      const cut = cutter(lines.map(sideOf), room);
      return { path, lines: lines.map((line) => `${line.slice(0, 1)}${cut(sideOf(line))}`) };
    }
    const cut = cuts.get(path) ?? (({ text }) => text);
    return {
      path,
      ...(before !== undefined && { before: cut({ sign: "-", text: textOf(before) }) }),
      ...(after !== undefined && { after: cut({ sign: "+", text: textOf(after) }) }),
    };
  });
}

function sides({ before, after }: FieldDiff): Side[] {
  return [
    ...(before === undefined ? [] : [{ sign: "-", text: textOf(before) }]),
    ...(after === undefined ? [] : [{ sign: "+", text: textOf(after) }]),
  ];
}

/** A value in one line. */
function textOf(value: unknown): string {
  return JSON.stringify(value);
}

/** Cuts the texts of two sides; none of them where some would look the same then. */
function cutter(all: readonly Side[], room: number): (side: Side) => string {
  const whole = apart(all);
  if (all.every((side) => columnsOf(whole(side)) <= room)) return whole;
  const opposite = (sign: string) => all.filter((other) => other.sign === sign).map(whole);
  const others = new Map([
    ["-", opposite("+")],
    ["+", opposite("-")],
  ]);
  const cut = (side: Side) => around(whole(side), others.get(side.sign) ?? [], room);
  return lookAlikes(all, cut).size > 0 ? whole : cut;
}

/** How much of the room is for what is the same before the difference. */
const LEAD = 1 / 3;

function around(text: string, others: readonly string[], room: number): string {
  const letters = [...text];
  // The column in which each letter begins, and that in which the text ends.
  const columns = [0];
  for (const letter of letters) columns.push((columns.at(-1) ?? 0) + columnsOf(letter));
  const total = columns.at(-1) ?? 0;
  if (total <= room) return text;
  const same = others.reduce((most, other) => Math.max(most, commonStart(text, other)), 0);
  const at = columns.at([...text.slice(0, same)].length) ?? 0;
  const from = Math.max(0, Math.floor(Math.min(at - room * LEAD, total - room + 1)));
  const start = columns.findIndex((column) => column >= from);
  const head = start > 0 ? "…" : "";
  const last = (columns.at(start) ?? 0) + room - head.length;
  const isWhole = total <= last;
  const end = isWhole ? letters.length : columns.findLastIndex((column) => column < last);
  return `${head}${letters.slice(start, end).join("")}${isWhole ? "" : "…"}`;
}

/** How many characters two texts have in common before the first in which they differ. */
function commonStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at;
}
