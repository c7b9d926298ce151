import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";

/** The one port of a Service, and the pods' port behind it. */
export interface Port {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
}

export interface ServiceObjectArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** The Service's name, which is its host name in the namespace. */
  readonly name: string;
  /** The component whose pods it leads to. */
  readonly component: string;
  /** Its one port, and the pods' port behind it. */
  readonly port: Port;
  /** Annotations of its own. */
  readonly annotations?: Record<string, string> | undefined;
}

/** A Service in front of a component's pods. */
export function serviceObject(
  name: string,
  { destination, annotations, ...args }: ServiceObjectArgs,
  opts: pulumi.CustomResourceOptions,
) {
  return new k8s.core.v1.Service(
    name,
    {
      metadata: destination.service(args.name, annotations),
      spec: { selector: { component: args.component }, ports: [{ protocol: "TCP", ...args.port }] },
    },
    opts,
  );
}
