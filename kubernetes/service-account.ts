import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";

export interface ServiceAccountArgs {
  /** Where it goes. */
  readonly destination: Destination;
  /** Its name. */
  readonly name: string;
}

/** The account of a component's pods. Its token is mounted only where a pod asks for it. */
export function serviceAccount(
  name: string,
  { destination, ...args }: ServiceAccountArgs,
  { dependsOn: _, ...opts }: pulumi.CustomResourceOptions,
) {
  return new k8s.core.v1.ServiceAccount(
    name,
    { metadata: destination.object(args.name), automountServiceAccountToken: false },
    opts,
  );
}
