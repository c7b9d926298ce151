import { z } from "zod";
import { isMap } from "../system/is-map.ts";

declare module "zod" {
  /** The default of a map, where what a stack file gives is added to it. */
  interface GlobalMeta {
    addedTo?: Readonly<Record<string, unknown>>;
  }
}

/**
 * A map to whose default a stack file adds. An entry that it gives wins over the default's of the same key; where both
 * are maps, each of its fields does.
 */
export function addedTo<R extends z.ZodRecord>(initial: Readonly<Record<string, unknown>>, record: R) {
  return z.preprocess((given) => (isMap(given) ? merged(initial, given) : given), record);
}

function merged(
  initial: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): object {
  const both = Object.entries(given).map(([key, value]) => {
    const former = Object.hasOwn(initial, key) ? initial[key] : undefined;
    return [key, isMap(former) && isMap(value) ? { ...former, ...value } : value];
  });
  return { ...initial, ...Object.fromEntries(both) };
}
