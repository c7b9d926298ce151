import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { volumeClaim } from "../../kubernetes/volume-claim.ts";
import type { Claim } from "../../kubernetes/workload.ts";
import type { Destination } from "../../platform/destination.ts";

export interface CacheClaimsArgs {
  /** Where they go. */
  readonly destination: Destination;
  /** Each worker's claim, by the worker. */
  readonly claims: ReadonlyMap<string, Claim>;
}

/** The claims of some workers' cache volumes; each stays when its worker goes, and grows in place with the setting. */
export function cacheClaims(
  name: string,
  { destination, claims }: CacheClaimsArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.PersistentVolumeClaim[] {
  return [...claims].map(([worker, claim]) =>
    volumeClaim(`${name}-${worker}`, { destination, ...claim, isKept: true, isForced: true }, opts),
  );
}
