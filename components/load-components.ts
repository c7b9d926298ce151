import type { ComponentClass, Part } from "./part.ts";
import type { SchemaOutput } from "./schema.ts";
import { partsOf } from "./totals.ts";

/** A part whose objects are made by a class of its own. */
export interface LoadedPart {
  readonly part: Part<SchemaOutput>;
  readonly Component: ComponentClass<SchemaOutput>;
}

/** The classes of the parts that a stack has: no others are loaded. */
export async function loadComponents(settings: SchemaOutput): Promise<readonly LoadedPart[]> {
  const loaded = partsOf(settings).map(async (part) => {
    const Component = await part.component?.();
    return Component === undefined ? [] : [{ part, Component }];
  });
  return (await Promise.all(loaded)).flat();
}
