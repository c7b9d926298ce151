import { structuredPatch } from "diff";
import { isMap } from "../system/is-map.ts";
import { canonical } from "./canonical.ts";
import { itemPairs } from "./item-pairs.ts";

/** A field of an object that is another one than before. */
export interface FieldDiff {
  /**
   * Where it is, as `spec.replicas`, `data["nginx.conf"]`, `spec.containers[worker].image`, `args[0]`,
   * `spec.egress[]` of an item, or `env (order)`.
   */
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

/** The fields in which two objects differ, in the order in which they stand; none just where they are equal. */
export function fieldDiffs(before: unknown, after: unknown, path = ""): FieldDiff[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldDiffs(valueAt(before, key), valueAt(after, key), pathTo(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after))
    return itemPairs(before, after, path).flatMap(({ isOrder, ...pair }) =>
      isOrder ? [pair] : fieldDiffs(pair.before, pair.after, pair.path),
    );
  if (canonical(before) === canonical(after)) return [];
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

function valueAt(map: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function changedLines(before: string, after: string): string[] {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: CONTEXT });
  return hunks.flatMap(({ lines, newStart }) => [`@@ line ${newStart} @@`, ...lines]);
}

function pathTo(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}["${key}"]`;
  return path === "" ? key : `${path}.${key}`;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}
