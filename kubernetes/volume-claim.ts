import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Destination, KEPT, PATCH_FORCE } from "../platform/destination.ts";
import type { Claim } from "./workload.ts";

export interface VolumeClaimArgs extends Claim {
  /** Where the claim goes. */
  readonly destination: Destination;
  /** Whether Pulumi refuses to delete it. @default false */
  readonly protect?: boolean;
  /** Whether it stays in the cluster when the stack no longer declares it. @default - if it is protected */
  readonly isKept?: boolean;
  /** Whether it is changed whoever made it: a StatefulSet's controller owns what that has made. @default false */
  readonly isForced?: boolean;
}

/** A volume claim of one component. A protected one is never deleted or replaced by Pulumi. */
export function volumeClaim(
  name: string,
  { destination, protect = false, isKept = protect, isForced = false, ...args }: VolumeClaimArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const annotations = { ...(isKept && !protect && KEPT), ...(isForced && PATCH_FORCE) };
  return new k8s.core.v1.PersistentVolumeClaim(
    name,
    {
      metadata: destination.volumeClaim(args.name, annotations),
      spec: destination.volumeSpec(args.size, args.storageClass),
    },
    { ...opts, protect, retainOnDelete: isKept },
  );
}
