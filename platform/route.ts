import * as k8s from "@pulumi/kubernetes";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Site } from "./site.ts";

export interface RouteArgs {
  readonly site: Site;
  /** The name of the Service, which is the Route's too. */
  readonly name: string;
  readonly host: string;
  /** The name of the Service's port. */
  readonly port: string;
}

/** Opens a Service to the internet. TLS ends in the pod, which holds the certificate; plain HTTP is redirected. */
export function route(name: string, { site, ...args }: RouteArgs, opts: CustomResourceOptions) {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "route.openshift.io/v1",
      kind: "Route",
      metadata: site.route(args.name),
      spec: {
        host: args.host,
        port: { targetPort: args.port },
        to: { kind: "Service", name: args.name, weight: 100 },
        wildcardPolicy: "None",
        tls: { termination: "passthrough", insecureEdgeTerminationPolicy: "Redirect" },
      },
    },
    opts,
  );
}
