import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../platform/destination.ts";
import type { DeclaredComponent } from "../totals.ts";
import type { Component } from "../workload.ts";
import { type Flow, flows } from "./flows.ts";

export interface NetworkArgs {
  /** The namespace whose pods are held to the flows. */
  readonly destination: Destination;
  /** Every component that has pods. */
  readonly components: readonly DeclaredComponent[];
  /** Networks that are not the internet's, as CIDR, where they reach the same ports. */
  readonly internalNetworks: readonly string[];
  /** The ports of the cluster's own API. */
  readonly apiPorts: readonly number[];
}

type Ports = k8s.types.input.networking.v1.NetworkPolicyPort[];

/** Port 53 of the name service's Service, and 5353 of OpenShift's pods behind it. */
const NAME_SERVICE: Ports = [53, 5353].flatMap((port) => [
  { protocol: "UDP", port },
  { protocol: "TCP", port },
]);

/** Where a node keeps a copy of the name service, with Kubernetes' NodeLocal DNSCache. */
const NODE_LOCAL_DNS = "169.254.20.10/32";

/** Lets pods talk only to those that they must talk to, and to the internet only where they need it. */
export class Network extends pulumi.ComponentResource {
  /** The policy that allows nothing to any pod. */
  readonly deny: k8s.networking.v1.NetworkPolicy;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Network", name, {}, opts);
    const { destination, components, internalNetworks, apiPorts } = args;
    const child = { parent: this };
    this.deny = denyAll(`${name}-deny`, destination, child);
    const all = flows(components);
    for (const { component, internet = [], usesApi = false } of components) {
      const ingress = all.filter(({ to }) => to === component).map(from);
      const egress = [
        nameService(destination),
        ...all.filter((flow) => flow.from === component).map(to),
        ...outside(internet, internalNetworks),
        ...(usesApi ? [{ to: ANYWHERE, ports: tcp(apiPorts) }] : []),
      ];
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${component}`,
        {
          metadata: destination.object(component),
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
 * Addresses that are nobody's on the internet, by IANA's registries of special-purpose ones and those of multicast: what
 * a cluster or its cloud may have there is no business of users' commands, nor of pods that hold identities.
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

/** The same of IPv6. Behind 64:ff9b::/96 and 2002::/16 lie all of IPv4's. */
const NOT_PUBLIC_6 = [
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
];

const INTERNET = { ipBlock: { cidr: "0.0.0.0/0", except: NOT_PUBLIC } };
const INTERNET_6 = { ipBlock: { cidr: "::/0", except: NOT_PUBLIC_6 } };

/** Wherever the API server may be: everywhere but where a cloud keeps the node's own credentials. */
const ANYWHERE = [
  { ipBlock: { cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] } },
  { ipBlock: { cidr: "::/0", except: ["fd00:ec2::254/128", "fe80::/10"] } },
];

export interface SandboxNetworkArgs {
  /** The sandbox's namespace. */
  readonly destination: Destination;
  /** The ports of the internet that are reached. */
  readonly ports: readonly number[];
  /** The components besides users' commands; those that reach the internet by other ports say so. */
  readonly components: readonly Component[];
  /** Networks that are not the internet's, as CIDR, where those reach the same ports. */
  readonly internalNetworks: readonly string[];
}

/**
 * Keeps users' commands to some ports of the internet, away from everything in the cluster; returns the policy that
 * allows nothing to any pod.
 */
export function sandboxNetwork(
  name: string,
  { destination, ports, components, internalNetworks }: SandboxNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.NetworkPolicy {
  const deny = denyAll(`${name}-deny`, destination, opts);
  for (const { component, policy = component, internet } of components) {
    if (internet === undefined) continue;
    // Only whoever may make Jobs here gives a pod this label: users' commands run in pods that are there already.
    new k8s.networking.v1.NetworkPolicy(
      `${name}-${policy}`,
      {
        metadata: destination.object(component),
        spec: {
          podSelector: { matchLabels: { component } },
          policyTypes: ["Egress"],
          egress: [nameService(destination), ...outside(internet, internalNetworks)],
        },
      },
      opts,
    );
  }
  new k8s.networking.v1.NetworkPolicy(
    `${name}-internet`,
    {
      metadata: destination.object("internet"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          nameService(destination),
          // Without any port, a rule is for all of them.
          ...(ports.length > 0 ? [{ to: [INTERNET], ports: tcp(ports) }] : []),
        ],
      },
    },
    opts,
  );
  return deny;
}

export interface BuildsNetworkArgs {
  /** The namespace of builds. */
  readonly destination: Destination;
  /** The ports of the cluster's own API. */
  readonly apiPorts: readonly number[];
}

/**
 * Keeps builds, which run what upstreams' packages bring, to the web, the cluster's own registry and the ports of its API,
 * wherever that is: by these they reach other hosts that are not the internet's, too.
 */
export function buildsNetwork(
  name: string,
  { destination, apiPorts }: BuildsNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  denyAll(`${name}-deny`, destination, opts);
  const registry = { matchLabels: { "kubernetes.io/metadata.name": "openshift-image-registry" } };
  new k8s.networking.v1.NetworkPolicy(
    `${name}-builds`,
    {
      metadata: destination.object("builds"),
      spec: {
        podSelector: {},
        policyTypes: ["Egress"],
        egress: [
          nameService(destination),
          { to: [{ namespaceSelector: registry }], ports: tcp([5000]) },
          ...outside([80, 443], []),
          { to: ANYWHERE, ports: tcp(apiPorts) },
        ],
      },
    },
    opts,
  );
}

function denyAll(name: string, destination: Destination, opts: pulumi.CustomResourceOptions) {
  return new k8s.networking.v1.NetworkPolicy(
    name,
    {
      metadata: destination.object("default-deny"),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    opts,
  );
}

function nameService({ platform }: Destination) {
  const { namespace, isNodeLocal } = platform.nameService;
  const pods = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
  return { to: [pods, ...(isNodeLocal ? [{ ipBlock: { cidr: NODE_LOCAL_DNS } }] : [])], ports: NAME_SERVICE };
}

function outside(ports: readonly number[], internalNetworks: readonly string[]) {
  const internal = internalNetworks.map((cidr) => ({ ipBlock: { cidr } }));
  return ports.length > 0 ? [{ to: [INTERNET, INTERNET_6, ...internal], ports: tcp(ports) }] : [];
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
