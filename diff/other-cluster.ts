import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";
import { PROVIDER } from "../render/other-resource.ts";
import { optionsOf } from "../render/pulumi-options.ts";
import type { ObjectDiff } from "./object-diff.ts";
import { GITHUB } from "./part-of.ts";

/** Whether a change is that of the cluster which all objects are in: each is made anew with it. */
export function isOtherCluster({ kind, part, what }: ObjectDiff): boolean {
  return kind === PROVIDER && part !== GITHUB && what === "replaced";
}

/** Changes with that of the cluster refused, where something in it is protected before and after. */
export function refusedWithCluster(
  changes: readonly ObjectDiff[],
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): readonly ObjectDiff[] {
  if (!changes.some(isOtherCluster)) return changes;
  const [were, are] = [before, after].map((objects) =>
    objects.filter((one) => optionsOf(one).protect).map(describe),
  );
  const both = (are ?? []).filter((name) => were?.includes(name));
  if (both.length === 0) return changes;
  const refused = `with it goes what is protected: ${both.join(", ")}`;
  return changes.map((change) => (isOtherCluster(change) ? { ...change, refused } : change));
}
