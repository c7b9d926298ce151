import { z } from "zod";
import type { KubernetesObject } from "./kubernetes-object.ts";

const options = z.object({
  protect: z.literal(true).optional(),
  retainOnDelete: z.literal(true).optional(),
  urn: z.string().optional(),
});

/**
 * What Pulumi is told of an object besides what it is: that it refuses to lose it, that it leaves it where it is, and the
 * types and the name that it knows it by.
 */
export type PulumiOptions = z.output<typeof options>;

/** Those of these options that are set. */
export function pulumiOptions(all: {
  readonly protect?: boolean | undefined;
  readonly retainOnDelete?: boolean | undefined;
}): PulumiOptions {
  const { protect, retainOnDelete } = all;
  return { ...(protect && { protect }), ...(retainOnDelete && { retainOnDelete }) };
}

/** The part of a URN that is the same in each stack: the types of a resource and of its parents, and its name. */
export function withinStack(urn: string): string {
  return urn.split("::").slice(2).join("::");
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

/** An object with its options, and without what Pulumi knows it by. */
export function withoutUrn(object: KubernetesObject): KubernetesObject {
  const { urn: _, ...its } = optionsOf(object);
  const bare = withoutOptions(object);
  return Object.keys(its).length === 0 ? bare : withOptions(bare, its);
}

/** What Pulumi is told of an object that has been read with it. */
export function optionsOf({ pulumi }: KubernetesObject): PulumiOptions {
  return options.safeParse(pulumi).data ?? {};
}
