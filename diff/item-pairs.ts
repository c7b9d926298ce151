import { isMap } from "../system/is-map.ts";
import { canonical } from "./canonical.ts";

/** What of two lists is to be compared with each other: two items, one that only one list has, or the order of both. */
export interface Pair {
  /** `env[HOME]`, `args[2]`, `egress[]` of an item that only one list has, or `env (order)`. */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
  /** Whether it is a list of what stands in that order, to be shown as it is. @default false */
  readonly isOrder?: true;
}

/** Lists of words of which each means what its place says. */
const BY_PLACE = /(^|\.)(command|args)$/;

/**
 * The items of two lists that belong together: by their names where each has one of its own, else by their contents, or
 * by their places where all others stand where they stood. What is in both, but in another order, is said besides.
 */
export function itemPairs(before: readonly unknown[], after: readonly unknown[], path: string): Pair[] {
  const [names, newNames] = [namesOf(before), namesOf(after)];
  if (names && newNames) {
    const [were, are] = [itemsOf(names, before), itemsOf(newNames, after)];
    const all = [...new Set([...names, ...newNames])];
    const pairs = all.map((name) => pair(`${path}[${name}]`, were.get(name), are.get(name)));
    return [...pairs, ...orderPair(names, newNames, path, (name) => name)];
  }
  if (BY_PLACE.test(path)) return byPlace(before, after, path);
  const [were, are] = [contentsOf(before), contentsOf(after)];
  const [gone, come] = [placesOf(were, are), placesOf(are, were)];
  const order = orderPair(were, are, path, (content) => before[were.indexOf(content)]);
  if (before.length === after.length && order.length === 0 && gone.join() === come.join())
    return byPlace(before, after, path);
  return [
    ...gone.map((place) => pair(`${path}[]`, before[place], undefined)),
    ...come.map((place) => pair(`${path}[]`, undefined, after[place])),
    ...order,
  ];
}

function byPlace(before: readonly unknown[], after: readonly unknown[], path: string): Pair[] {
  const places = Math.max(before.length, after.length);
  return Array.from({ length: places }, (_, i) => pair(`${path}[${i}]`, before[i], after[i]));
}

function pair(path: string, before: unknown, after: unknown): Pair {
  return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** In which order the items stand that both lists have, if it is another one. */
function orderPair(
  before: readonly string[],
  after: readonly string[],
  path: string,
  shown: (key: string) => unknown,
): Pair[] {
  const [were, are] = [new Set(before), new Set(after)];
  const [stood, stand] = [before.filter((key) => are.has(key)), after.filter((key) => were.has(key))];
  if (stood.every((key, i) => key === stand[i])) return [];
  return [{ path: `${path} (order)`, before: stood.map(shown), after: stand.map(shown), isOrder: true }];
}

/** The names of a list's items, if each is a map and has one of its own, be it in its metadata. */
function namesOf(list: readonly unknown[]): string[] | undefined {
  const names = list.flatMap((item) => nameOf(item) ?? []);
  return names.length === list.length && new Set(names).size === names.length ? names : undefined;
}

function nameOf(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  const name = item.name ?? (isMap(item.metadata) ? item.metadata.name : undefined);
  return typeof name === "string" ? name : undefined;
}

function itemsOf(names: readonly string[], list: readonly unknown[]): Map<string, unknown> {
  return new Map(names.map((name, i) => [name, list[i]]));
}

/** The content of each item; of equal ones each with its number. */
function contentsOf(list: readonly unknown[]): string[] {
  const seen = new Map<string, number>();
  return list.map((item) => {
    const content = canonical(item);
    const count = seen.get(content) ?? 0;
    seen.set(content, count + 1);
    return `${content} ${count}`;
  });
}

/** Where in a list the items stand that the other has not. */
function placesOf(list: readonly string[], other: readonly string[]): number[] {
  const others = new Set(other);
  return list.flatMap((content, place) => (others.has(content) ? [] : [place]));
}
