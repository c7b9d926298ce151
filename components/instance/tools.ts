import * as pulumi from "@pulumi/pulumi";
import type { LoadedPart } from "../load-components.ts";
import type { InstanceArgs } from "./part-args.ts";

export interface ToolsArgs {
  /** What each of them is made from. */
  readonly args: InstanceArgs;
  /** Those that the stack has, each after those that it waits for. */
  readonly tools: readonly LoadedPart[];
  /** The parts that are made already, by their names. */
  readonly made: ReadonlyMap<string, pulumi.Resource>;
  /** What is there before any pod. */
  readonly first: readonly pulumi.Resource[];
}

/** What stands beside the service: pages for people, metrics for monitoring. */
export class Tools extends pulumi.ComponentResource {
  constructor(
    name: string,
    { args, tools, first, ...known }: ToolsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("packit:app:Tools", name, {}, opts);
    const made = new Map(known.made);
    for (const { part, Component } of tools) {
      const dependsOn = [...first, ...(part.after ?? []).flatMap((one) => made.get(one) ?? [])];
      made.set(part.name, new Component(`${name}-${part.name}`, args, { parent: this, dependsOn }));
    }
    this.registerOutputs();
  }
}
