import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "./destination.ts";

export interface TenantEgressArgs {
  /** The namespace whose pods reach the hosts. */
  readonly destination: Destination;
  /** The hosts; the platform's firewall knows no ports. */
  readonly hosts: readonly { readonly host: string }[];
}

/** What a firewall that denies all else would cut off within the platform. */
const INTERNAL = ["10.0.0.0/8", "172.16.0.0/12"];

/** Asks the Managed Platform to open its firewall to some hosts, and to nothing else. */
export function tenantEgress(
  name: string,
  { destination, hosts }: TenantEgressArgs,
  opts: pulumi.CustomResourceOptions,
) {
  return new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "tenant.paas.redhat.com/v1alpha1",
      kind: "TenantEgress",
      metadata: destination.object("default"),
      spec: {
        egress: [
          // The API server, the router and the platform's own services.
          ...INTERNAL.map((cidrSelector) => ({ type: "Allow", to: { cidrSelector } })),
          ...hosts.map(({ host }) => ({ type: "Allow", to: { dnsName: host } })),
          { type: "Deny", to: { cidrSelector: "0.0.0.0/0" } },
        ],
      },
    },
    opts,
  );
}
