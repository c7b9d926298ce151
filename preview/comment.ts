import { fatesOf } from "../diff/fates.ts";
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
 * not all fits, the summaries do: objects are there whole, or with their long values cut, or by their names alone, or are
 * counted.
 */
export function commentOf({ diffs, head, engine = new Map(), elsewhere, limit }: CommentArgs): string {
  const changed = diffs.filter(({ state }) => state !== "same");
  const table = tableOf(diffs, head);
  const most = Math.floor((limit - size(table) - FOOTER - size(elsewhere)) / Math.max(1, changed.length));
  const sections = changed.map((diff) => sectionOf(diff, engine.get(diff.stack), most - SECTION));
  const fixed = [table, ...sections.map(({ before, after }) => before + after)];
  const taken = fixed.reduce((sum, text) => sum + size(text) + GAP, 0) + changed.length * NAMES;
  const room = limit - FOOTER - size(elsewhere) - taken;
  const { blocks, cutOnes, named } = chosen(interleaved(sections.map(({ items }) => items)), room);
  const all = sections.flatMap(({ items }) => items);
  const texts = sections.map(({ before, after, items }) => {
    const names = items.filter((item) => named.has(item)).map(({ name }) => name);
    const shown = items.flatMap((item) => blocks.get(item) ?? []);
    const rest = names.length > 0 ? [`Their names alone:\n\n${diffBlock(names)}`] : [];
    return [before, ...shown, ...rest, after].join("\n\n");
  });
  const counted = all.length - blocks.size - named.size;
  const footer = footerOf({ all: all.length, cutOnes, named: named.size, counted }, elsewhere);
  return [table, ...texts, ...(footer ? [footer] : [])].join("\n\n");
}

/** What may be shown whole, with its long values cut, or by its name. */
interface Item {
  readonly name: string;
  readonly block: string;
  /** @default - nothing in it can be cut */
  readonly cut?: string;
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
    const isKnown = diff.state !== "unknown";
    const fates = isKnown ? fatesOf(diff.restarts) || "none" : "unknown";
    const refused = diff.objects.filter((object) => object.refused).length;
    return `| ${inlineHtml(diff.stack)} | ${countsOf(diff)} | ${fates} | ${isKnown ? refused || "none" : "unknown"} |`;
  });
  return [
    `### What ${inlineHtml(head.slice(0, 12))} does to the stacks`,
    "",
    "| stack | objects | workloads | refused |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function sectionOf(diff: StackDiff, engine: readonly string[] | undefined, most: number): Section {
  const summary = diffBlock(cut(summaryLines(diff).map(visible), most));
  const before = `${foldStart(`${inlineHtml(diff.stack)}: ${countsOf(diff)}`)}\n\n${summary}`;
  const objects = diff.objects.map((object): Item => {
    const [block, short] = [objectFold(object), objectFold(object, LONGEST_VALUE)];
    return { name: visible(titleOf(object)), block, ...(size(short) < size(block) && { cut: short }) };
  });
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

/** As many characters are left of a value, or a line, that is cut. */
const LONGEST_VALUE = 160;

/**
 * The blocks of the items that have room, in their order, how many of them are cut, and which items are only named. None
 * is shown whole before all have what room there is for them cut.
 */
function chosen(items: readonly Item[], room: number) {
  const names = new Set<Item>();
  let left = room;
  for (const item of items) {
    if (left < nameSize(item)) break;
    left -= nameSize(item);
    names.add(item);
  }
  const blocks = new Map<Item, string>();
  const give = (item: Item, block: string, former: number) => {
    const more = size(block) + GAP - former;
    if (more > left) return;
    left -= more;
    blocks.set(item, block);
    names.delete(item);
  };
  const all = names.size < items.length ? [] : items;
  for (const item of all) give(item, item.cut ?? item.block, nameSize(item));
  for (const [item, block] of blocks) if (block !== item.block) give(item, item.block, size(block) + GAP);
  const cutOnes = [...blocks].filter(([item, block]) => block !== item.block).length;
  return { blocks, cutOnes, named: names };
}

function nameSize({ name }: Item): number {
  return size(name) + 1;
}

/** The first of each list, then the second of each, and so on: no stack takes all the room. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((list) => list.slice(i, i + 1))).flat();
}

/** How many changes there are, and what of them is left out. */
interface LeftOut {
  readonly all: number;
  readonly cutOnes: number;
  readonly named: number;
  readonly counted: number;
}

function footerOf({ all, cutOnes, named, counted }: LeftOut, elsewhere: string): string | undefined {
  const said = [
    ...(cutOnes > 0 ? [`${cutOnes} of ${all} changes have long values cut around what differs`] : []),
    ...(named > 0 ? [`${named} of ${all} changes are named alone`] : []),
    ...(counted > 0 ? [`${counted} of ${all} are not even named`] : []),
  ];
  return said.length === 0
    ? undefined
    : `${said.join(", ")}, for want of room. All of it is in ${elsewhere}.`;
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
