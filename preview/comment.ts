import { diffBlock, objectFold, titleOf } from "../diff/markdown.ts";
import type { StackDiff } from "../diff/stack-diff.ts";
import { countsOf, summaryLines } from "../diff/text.ts";
import { FOLD_END, fold, foldStart, inlineHtml } from "../github/markdown.ts";
import { visible } from "../system/visible.ts";

export interface CommentArgs {
  readonly diffs: readonly StackDiff[];
  /** What is compared, as the commit of a pull request. */
  readonly head: string;
  /** What Pulumi's engine would do, by stack, in lines. @default - it was not asked */
  readonly engine?: ReadonlyMap<string, readonly string[]>;
  /** Where all of it is, as Markdown; said where something is left out. */
  readonly elsewhere: string;
  /** As many bytes as there may be. */
  readonly limit: number;
}

/**
 * What a change does to all stacks, for one comment: first a table of the stacks, then each that changes, folded. Where
 * not all fits, the summaries do: objects are there whole, or by their names alone, or are counted.
 */
export function commentOf({ diffs, head, engine = new Map(), elsewhere, limit }: CommentArgs): string {
  const changed = diffs.filter(({ state }) => state !== "same");
  const table = tableOf(diffs, head);
  const most = Math.floor((limit - size(table) - FOOTER - size(elsewhere)) / Math.max(1, changed.length));
  const sections = changed.map((diff) => sectionOf(diff, engine.get(diff.stack), most - SECTION));
  const fixed = [table, ...sections.map(({ before, after }) => before + after)];
  const taken = fixed.reduce((sum, text) => sum + size(text) + GAP, 0) + changed.length * NAMES;
  const room = limit - FOOTER - size(elsewhere) - taken;
  const { whole, named } = chosen(interleaved(sections.map(({ items }) => items)), room);
  const all = sections.flatMap(({ items }) => items);
  const texts = sections.map(({ before, after, items }) => {
    const names = items.filter((item) => named.has(item)).map(({ name }) => name);
    const blocks = items.filter((item) => whole.has(item)).map(({ block }) => block);
    const rest = names.length > 0 ? [`Their names alone:\n\n${diffBlock(names)}`] : [];
    return [before, ...blocks, ...rest, after].join("\n\n");
  });
  const footer = footerOf(all.length, whole.size, named.size, elsewhere);
  return [table, ...texts, ...(footer ? [footer] : [])].join("\n\n");
}

/** What may be shown whole, or by its name. */
interface Item {
  readonly name: string;
  readonly block: string;
}

interface Section {
  readonly before: string;
  readonly items: readonly Item[];
  readonly after: string;
}

/** Bytes that are kept free: for the footer, for what is around a section's summary and its names, and between texts. */
const FOOTER = 300;
const SECTION = 1000;
const NAMES = 100;
const GAP = 4;

function tableOf(diffs: readonly StackDiff[], head: string): string {
  const rows = diffs.map((diff) => {
    const gaps = diff.restarts.filter(({ hasGap }) => hasGap).length;
    const pods = diff.restarts.filter(({ kind }) => kind !== "Job").length;
    const isKnown = diff.state !== "unknown";
    const restarts = !isKnown
      ? "unknown"
      : pods === 0
        ? "none"
        : `${pods}${gaps > 0 ? `, ${gaps} with a gap` : ""}`;
    const refused = diff.objects.filter((object) => object.refused).length;
    return `| ${inlineHtml(diff.stack)} | ${countsOf(diff)} | ${restarts} | ${isKnown ? refused || "none" : "unknown"} |`;
  });
  return [
    `### What ${inlineHtml(head.slice(0, 12))} does to the stacks`,
    "",
    "| stack | objects | workloads that restart | refused |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function sectionOf(diff: StackDiff, engine: readonly string[] | undefined, most: number): Section {
  const summary = diffBlock(cut(summaryLines(diff).map(visible), most));
  const before = `${foldStart(`${inlineHtml(diff.stack)}: ${countsOf(diff)}`)}\n\n${summary}`;
  const objects = diff.objects.map((object) => ({
    name: visible(titleOf(object)),
    block: objectFold(object),
  }));
  const said = engine && {
    name: "What Pulumi's engine says",
    block: fold("What Pulumi's engine says", diffBlock(engine)),
  };
  return { before, after: FOLD_END, items: said ? [said, ...objects] : objects };
}

/** Lines as far as there is room for them. */
function cut(lines: readonly string[], most: number): string[] {
  let room = most - size(CUT);
  const fitting = lines
    .join("\n")
    .split("\n")
    .map((line) => line.slice(0, LONGEST_LINE))
    .filter((line) => {
      room -= size(line) + 1;
      return room >= 0;
    });
  return size(lines.join("\n")) <= most ? [...lines] : [...fitting, CUT];
}

const CUT = "… and more.";
const LONGEST_LINE = 2000;

/** The items that have room whole, in their order, and those that are only named. */
function chosen(items: readonly Item[], room: number) {
  const names = new Set<Item>();
  let left = room;
  for (const item of items) {
    if (left < nameSize(item)) break;
    left -= nameSize(item);
    names.add(item);
  }
  const whole = new Set<Item>();
  for (const item of names.size < items.length ? [] : items) {
    const more = size(item.block) + GAP - nameSize(item);
    if (more > left) continue;
    left -= more;
    whole.add(item);
    names.delete(item);
  }
  return { whole, named: names };
}

function nameSize({ name }: Item): number {
  return size(name) + 1;
}

/** The first of each list, then the second of each, and so on: no stack takes all the room. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

function footerOf(all: number, whole: number, named: number, elsewhere: string): string | undefined {
  if (whole === all) return undefined;
  const counted = all - whole - named;
  const said = [
    ...(named > 0 ? [`${named} of ${all} changes are named alone`] : []),
    ...(counted > 0 ? [`${counted} of ${all} are not even named`] : []),
  ];
  return `${said.join(", ")}, for want of room. All of it is in ${elsewhere}.`;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
