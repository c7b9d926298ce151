import { structuredPatch } from "diff";
import { isMap } from "../system/is-map.ts";

/** A field of an object that is another one than before. */
export interface FieldDiff {
  /** Where it is, as `spec.replicas`, `data["nginx.conf"]`, `spec.containers[worker].image`, or `spec.egress[]` of an item. */
  readonly path: string;
  /** What it was. @default - it was not there */
  readonly before?: unknown;
  /** What it is. @default - it is gone */
  readonly after?: unknown;
  /** Of a text of several lines, those that changed, each with ` `, `-` or `+` before it, and @@ between what is apart. */
  readonly lines?: readonly string[];
}

/** Unchanged lines that are shown around those of a text that changed. */
const CONTEXT = 2;

/** The fields in which two objects differ, in the order in which they stand. */
export function fieldDiffs(before: unknown, after: unknown, path = ""): FieldDiff[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldDiffs(before[key], after[key], pathTo(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const [were, are] = [byName(before), byName(after)];
    if (were && are) {
      const names = [...new Set([...were.keys(), ...are.keys()])];
      return names.flatMap((name) => fieldDiffs(were.get(name), are.get(name), `${path}[${name}]`));
    }
    const items = itemDiffs(before, after, `${path}[]`);
    if (items.length > 0) return items;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const lines = isText(before) && isText(after) ? changedLines(before, after) : undefined;
  return [
    {
      path,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(lines && { lines }),
    },
  ];
}

/** The items that one of two lists has and the other has not; none of lists that differ in their order alone. */
function itemDiffs(before: readonly unknown[], after: readonly unknown[], path: string): FieldDiff[] {
  const texts = (list: readonly unknown[]) => new Set(list.map((item) => JSON.stringify(item)));
  const [were, are] = [texts(before), texts(after)];
  return [
    ...before.filter((item) => !are.has(JSON.stringify(item))).map((item) => ({ path, before: item })),
    ...after.filter((item) => !were.has(JSON.stringify(item))).map((item) => ({ path, after: item })),
  ];
}

function changedLines(before: string, after: string): string[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: CONTEXT });
  return hunks.flatMap(({ lines, newStart }) => [`@@ line ${newStart} @@`, ...lines]);
}

/** The items of a list by their names, if they are maps that each have one of their own. */
function byName(list: readonly unknown[]): Map<string, unknown> | undefined {
  const names = list.map((item) => (isMap(item) ? item.name : undefined));
  if (!names.every((name) => typeof name === "string")) return undefined;
  const items = new Map(list.map((item, i) => [String(names[i]), item]));
  return items.size === list.length ? items : undefined;
}

function pathTo(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}
