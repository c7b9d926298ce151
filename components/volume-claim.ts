import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../platform/site.ts";

export interface VolumeClaimArgs {
  /** Where the claim goes. */
  readonly site: Site;
  /** Its exact name. */
  readonly name: string;
  /** How large the volume is. */
  readonly size: string;
  /** Whether Pulumi refuses to delete it. @default false */
  readonly protect?: boolean;
}

/** A volume claim of one component. A protected one is never deleted or replaced by Pulumi. */
export function volumeClaim(
  name: string,
  { site, protect = false, ...args }: VolumeClaimArgs,
  opts: pulumi.CustomResourceOptions,
) {
  return new k8s.core.v1.PersistentVolumeClaim(
    name,
    { metadata: site.volumeClaim(args.name), spec: site.volumeSpec(args.size) },
    { ...opts, protect, retainOnDelete: protect },
  );
}
