import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../platform/site.ts";
import { CACHE_COMPONENT } from "../settings/repository-cache.ts";
import { type Flow, flows, OUTWARD } from "./flows.ts";

export interface NetworkArgs {
  /** The namespace whose pods are held to the flows. */
  readonly site: Site;
  /** Every component that has pods. */
  readonly components: readonly string[];
  /** Those that are opened to the internet. */
  readonly open: readonly string[];
  /** Ports that components reach outside besides those that their kind always does. */
  readonly outward: Readonly<Record<string, readonly number[]>>;
}

type Ports = k8s.types.input.networking.v1.NetworkPolicyPort[];

/** The cluster's name service: port 53 of its Service, and 5353 of OpenShift's pods behind it. */
const NAME_SERVICE: Ports = [53, 5353].flatMap((port) => [
  { protocol: "UDP", port },
  { protocol: "TCP", port },
]);

/** Lets pods talk only to those that they must talk to, and to the internet only where they need it. */
export class Network extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Network", name, {}, opts);
    const { site, components } = args;
    const child = { parent: this };
    denyAll(`${name}-deny`, site, child);
    const all = flows(components, args.open);
    for (const component of components) {
      const ports = [...(OUTWARD[component] ?? []), ...(args.outward[component] ?? [])];
      const ingress = all.filter(({ to }) => to === component).map(from);
      const egress = [
        { ports: NAME_SERVICE },
        ...all.filter((flow) => flow.from === component).map(to),
        ...(ports.length > 0 ? [{ ports: tcp(ports) }] : []),
      ];
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${component}`,
        {
          metadata: site.object(component),
          spec: {
            podSelector: { matchLabels: { component } },
            policyTypes: ["Ingress", "Egress"],
            ...(ingress.length > 0 && { ingress }),
            egress,
          },
        },
        child,
      );
    }
    this.registerOutputs();
  }
}

/**
 * Addresses that are nobody's on the internet, by IANA's registry of special-purpose ones and that of multicast: users'
 * commands have no business with what a cluster or its cloud may have there.
 */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];

export interface SandboxNetworkArgs {
  /** The sandbox's namespace. */
  readonly site: Site;
  /** The ports of the internet that are reached. */
  readonly ports: readonly number[];
  /** The ports that the pods reach which fill the sandboxes' cache volumes; none where there are no such volumes. */
  readonly cachePorts: readonly number[];
}

/** Keeps users' commands to some ports of the internet, away from everything in the cluster. */
export function sandboxNetwork(
  name: string,
  { site, ports, cachePorts }: SandboxNetworkArgs,
  opts: pulumi.CustomResourceOptions,
) {
  denyAll(`${name}-deny`, site, opts);
  if (cachePorts.length > 0) {
    // Only whoever may make Jobs here gives a pod this label: users' commands run in pods that are there already.
    new k8s.networking.v1.NetworkPolicy(
      `${name}-cache`,
      {
        metadata: site.object(CACHE_COMPONENT),
        spec: {
          podSelector: { matchLabels: { component: CACHE_COMPONENT } },
          policyTypes: ["Egress"],
          egress: [{ ports: NAME_SERVICE }, { ports: tcp(cachePorts) }],
        },
      },
      opts,
    );
  }
  new k8s.networking.v1.NetworkPolicy(
    `${name}-internet`,
    {
      metadata: site.object("internet"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          { ports: NAME_SERVICE },
          // Without any port, a rule is for all of them.
          ...(ports.length > 0
            ? [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: NOT_PUBLIC } }], ports: tcp(ports) }]
            : []),
        ],
      },
    },
    opts,
  );
}

function denyAll(name: string, site: Site, opts: pulumi.CustomResourceOptions) {
  new k8s.networking.v1.NetworkPolicy(
    name,
    { metadata: site.object("default-deny"), spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] } },
    opts,
  );
}

function from({ from, port }: Flow) {
  return from === "anywhere"
    ? { ports: tcp([port]) }
    : { from: [{ podSelector: { matchLabels: { component: from } } }], ports: tcp([port]) };
}

function to({ to, port }: Flow) {
  return { to: [{ podSelector: { matchLabels: { component: to } } }], ports: tcp([port]) };
}

function tcp(ports: readonly number[]): Ports {
  return [...new Set(ports)].map((port) => ({ protocol: "TCP", port }));
}
