import { z } from "zod";
import type { KubernetesObject } from "./kubernetes-object.ts";

const options = z.object({ protect: z.literal(true).optional(), retainOnDelete: z.literal(true).optional() });

/** What Pulumi is told of an object besides what it is: that it refuses to lose it, and that it leaves it where it is. */
export type PulumiOptions = z.output<typeof options>;

/** Those of these options that are set; nothing where none is. */
export function pulumiOptions(all: {
  readonly protect?: boolean | undefined;
  readonly retainOnDelete?: boolean | undefined;
}): PulumiOptions | undefined {
  const { protect, retainOnDelete } = all;
  if (!protect && !retainOnDelete) return undefined;
  return { ...(protect && { protect }), ...(retainOnDelete && { retainOnDelete }) };
}

/** An object with what Pulumi is told of it, under `pulumi`. */
export function withOptions(object: KubernetesObject, its: PulumiOptions | undefined): KubernetesObject {
  return its ? { ...object, pulumi: its } : object;
}

/** An object without that. */
export function withoutOptions(object: KubernetesObject): KubernetesObject {
  const { pulumi: _, ...rest } = object;
  // TypeScript takes the type of what is left for one of any fields.
  return rest as KubernetesObject;
}

/** What Pulumi is told of an object that has been read with it. */
export function optionsOf({ pulumi }: KubernetesObject): PulumiOptions {
  return options.safeParse(pulumi).data ?? {};
}
