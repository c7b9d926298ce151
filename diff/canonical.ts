import { isMap } from "../system/is-map.ts";

/** A value as one text: the same of two values just where they are equal, in whatever order a map has its keys. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one) => (isMap(one) ? sorted(one) : one)) ?? "";
}

function sorted(map: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
