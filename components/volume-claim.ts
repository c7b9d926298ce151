import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Site } from "../platform/site.ts";

/** A volume claim of one component. A protected one is never deleted or replaced by Pulumi. */
export function volumeClaim(
  name: string,
  {
    site,
    ...args
  }: { readonly site: Site; readonly name: string; readonly size: string; readonly protect?: boolean },
  opts: pulumi.CustomResourceOptions,
) {
  return new k8s.core.v1.PersistentVolumeClaim(
    name,
    { metadata: site.volumeClaim(args.name), spec: site.volumeSpec(args.size) },
    { ...opts, ...(args.protect && { protect: true, retainOnDelete: true }) },
  );
}
