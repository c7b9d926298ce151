import { UserError } from "../errors.ts";
import { STACK_LABEL } from "../platform/destination.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";

/** How many objects of others a refusal names. */
const NAMED = 10;

/** Refuses what would take over, or take away, objects that are not the stack's own: nothing is, unasked. */
export function refuseOthers(stack: string, objects: readonly KubernetesObject[], what: string): void {
  const others = objects.filter((object) => ownerOf(object) !== stack);
  if (others.length === 0) return;
  const lines = others.slice(0, NAMED).map((object) => {
    const owner = ownerOf(object);
    return `  ${describe(object)} ${owner === undefined ? "is there, and of no stack" : `is of the stack ${owner}`}`;
  });
  const more = others.length > NAMED ? [`  and ${others.length - NAMED} more`] : [];
  throw new UserError(
    [
      `${what}, and so nothing was changed:`,
      ...lines,
      ...more,
      `Give ${stack} namespaces of its own (packit:namespace), or hand over what is to be its own: kubectl label --overwrite … ${STACK_LABEL}=${stack}`,
    ].join("\n"),
  );
}

/** Refuses to remove namespaces that hold objects of other stacks. */
export async function refuseOthersWithin(
  client: ApiClient,
  stack: string,
  removed: readonly KubernetesObject[],
): Promise<void> {
  const namespaces = removed.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name);
  if (namespaces.length === 0) return;
  const kinds = (await client.listableResources()).filter(({ namespaced }) => namespaced);
  const labels = `${STACK_LABEL},${STACK_LABEL}!=${stack}`;
  const lists = namespaces.flatMap((namespace) =>
    kinds.map((kind) => client.list(kind, { namespace, labels })),
  );
  refuseOthers(stack, (await Promise.all(lists)).flat(), `Others use namespaces of ${stack}`);
}

/** The stack that an object says it is of. */
export function ownerOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.labels?.[STACK_LABEL];
}
