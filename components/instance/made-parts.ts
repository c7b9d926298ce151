import type * as pulumi from "@pulumi/pulumi";
import type { LoadedPart } from "../load-components.ts";
import type { InstanceArgs } from "./part-args.ts";

export interface MadePartsArgs {
  /** What each of them is made from. */
  readonly args: InstanceArgs;
  /** Those that the stack has, each after those that it waits for. */
  readonly parts: readonly LoadedPart[];
  /** The parts that are made already, by their names. */
  readonly made: ReadonlyMap<string, pulumi.Resource>;
  /** What all of them wait for besides. @default - nothing */
  readonly first?: readonly pulumi.Resource[];
}

/** Makes parts, each once those are there that it is made after; returns all that are made by now, by their names. */
export function madeParts(
  name: string,
  { args, parts, first = [], ...former }: MadePartsArgs,
  { parent }: { readonly parent: pulumi.ComponentResource },
): ReadonlyMap<string, pulumi.Resource> {
  const made = new Map(former.made);
  for (const { part, Component } of parts) {
    const dependsOn = [...first, ...(part.after ?? []).flatMap((one) => made.get(one) ?? [])];
    made.set(part.name, new Component(`${name}-${part.name}`, args, { parent, dependsOn }));
  }
  return made;
}
