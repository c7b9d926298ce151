import { z } from "zod";
import { type Resources, resources } from "./resources.ts";
import { labelKey, labelValue } from "./values.ts";

const nodeSelector = z
  .record(labelKey, labelValue)
  .default({})
  .describe("Labels of the nodes that the pods are confined to; none by default.");

/** The settings that every part of an instance has, and those of its own. */
export function part<S extends z.core.$ZodShape = Record<never, never>>(defaults: Resources, own?: S) {
  // Without settings of its own, there are none of S to miss.
  const shape = { ...own, resources: resources(defaults), nodeSelector } as S & PartShape;
  return z.strictObject(shape).prefault({} as never);
}

type PartShape = { resources: ReturnType<typeof resources>; nodeSelector: typeof nodeSelector };
