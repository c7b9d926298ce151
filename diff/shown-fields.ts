import { visible } from "../system/visible.ts";
import type { FieldDiff } from "./field-diff.ts";

/** A field that differs, each side in one line, or line by line. */
export interface ShownField {
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly lines?: readonly string[];
}

/**
 * Fields as texts in which everything shows, the invisible by its number. What is longer than there is room for is cut
 * around the place where it differs, with `…` for what is left out; two sides that differ never look the same.
 *
 * @param room As many characters of a value or a line are shown. @default - all
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

/** A text that stands on one side, by its sign; all else is of neither. */
interface Side {
  readonly sign: string;
  readonly text: string;
}

function sides({ before, after }: FieldDiff): Side[] {
  return [
    ...(before === undefined ? [] : [{ sign: "-", text: textOf(before) }]),
    ...(after === undefined ? [] : [{ sign: "+", text: textOf(after) }]),
  ];
}

function sideOf(line: string): Side {
  return { sign: line.slice(0, 1), text: visible(line.slice(1)) };
}

/** A value in one line. */
function textOf(value: unknown): string {
  return visible(JSON.stringify(value));
}

/** Cuts the texts of two sides; none of them where some would look the same then. */
function cutter(all: readonly Side[], room: number): (side: Side) => string {
  if (all.every(({ text }) => text.length <= room)) return ({ text }) => text;
  const opposite = (sign: string) =>
    all.filter((other) => other.sign !== sign && "+-".includes(other.sign)).map(({ text }) => text);
  const others = { "-": opposite("-"), "+": opposite("+") };
  const cut = ({ sign, text }: Side) =>
    sign === "-" || sign === "+" ? around(text, others[sign], room) : around(text, [], room);
  const [were, are] = [others["+"], others["-"]].map((texts) => new Set(texts));
  const shown = new Map([...(were ?? [])].map((text) => [cut({ sign: "-", text }), text]));
  const isAlike = [...(are ?? [])].some((text) => {
    const twin = shown.get(cut({ sign: "+", text }));
    return twin !== undefined && twin !== text;
  });
  return isAlike ? ({ text }) => text : cut;
}

/** How much of the room is for what is the same before the difference. */
const LEAD = 1 / 3;

function around(text: string, others: readonly string[], room: number): string {
  if (text.length <= room) return text;
  const letters = [...text];
  const same = others.reduce((most, other) => Math.max(most, commonStart(text, other)), 0);
  const at = [...text.slice(0, same)].length;
  const start = Math.max(0, Math.floor(Math.min(at - room * LEAD, letters.length - room + 1)));
  const head = start > 0 ? "…" : "";
  const isWhole = letters.length - start <= room - head.length;
  const end = isWhole ? letters.length : start + room - head.length - 1;
  return `${head}${letters.slice(start, end).join("")}${isWhole ? "" : "…"}`;
}

/** How many characters two texts have in common before the first in which they differ. */
function commonStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at;
}
