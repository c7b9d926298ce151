import { beforeAll, describe, expect, it } from "vitest";
import { isIn } from "../../support/addresses.ts";
import type { Anything } from "../../support/anything.ts";
import { allTemplates, find, objectsOf } from "../../support/stacks.ts";

const EVERYTHING = {
  withTokman: true,
  withRedisCommander: true,
  withFluentdSidecar: true,
  fluentd: { splunkHost: "splunk.example.com" },
  hosts: { redisCommander: "redis.stg.packit.dev" },
  imagePolicy: "schedule",
  postgres: { secondVersion: 16 },
};

let policies: Anything[];
let pods: Anything[];
let components: string[];

beforeAll(async () => {
  const objects = await objectsOf("stage", EVERYTHING);
  policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  pods = [...allTemplates(objects).values()];
  components = pods.map(({ metadata }) => metadata.labels.component);
});

describe("network policies", () => {
  it("deny everything in both namespaces before they allow anything", () => {
    const denials = policies.filter(({ metadata }) => metadata.name === "default-deny");
    expect(denials.map(({ metadata }) => metadata.namespace).sort()).toEqual([
      "packit--stg",
      "packit--stg-sandbox",
    ]);
    for (const { spec } of denials) {
      expect(spec).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    }
  });

  it("allow each connection that a component makes, and none between any other two", () => {
    const allowed = components.flatMap((from) =>
      components.filter((to) => connects(from, to)).map((to) => `${from} -> ${to}`),
    );
    const tasks = ["packit-service", "packit-worker-long-running", "packit-worker-short-running"];
    const database = [
      ...tasks,
      "packit-service-migration",
      "packit-backup",
      "packit-restore",
      "postgres-copy",
    ];
    const queues = [
      ...tasks,
      "packit-service-beat",
      "packit-service-migration",
      "packit-service-fedmsg",
      "flower",
      "redis-commander",
    ];
    expect(allowed.sort()).toEqual(
      [
        ...database.flatMap((from) => [`${from} -> postgres-15`, `${from} -> postgres-16`]),
        ...queues.map((from) => `${from} -> valkey`),
        ...tasks.map((from) => `${from} -> tokman`),
        "nginx -> flower",
        "nginx -> pushgateway",
        "packit-worker-long-running -> pushgateway",
        "packit-worker-short-running -> pushgateway",
      ].sort(),
    );
  });

  it("let the router in where a host leads, and nowhere else", () => {
    const open = components.filter((name) =>
      policy(name).ingress?.some(({ from }: Anything) => from === undefined),
    );
    expect(open.sort()).toEqual(["nginx", "packit-dashboard", "packit-service", "redis-commander"]);
  });

  it("let others in by the ports that the pods listen on, and by no other", () => {
    // A side-car is for its own pod, whose packets no policy is asked about.
    const listening = pods.map(({ metadata, spec }) => [
      metadata.labels.component,
      portsOf(spec.containers[0].ports ?? [], "containerPort"),
    ]);
    const open = components.map((name) => [
      name,
      portsOf(
        (policy(name).ingress ?? []).flatMap(({ ports }: Anything) => ports),
        "port",
      ),
    ]);
    expect(Object.fromEntries(open)).toEqual(Object.fromEntries(listening));
  });

  it("let out only those that have business outside, by the ports that they need", () => {
    const out = components.map((name) => [
      name,
      policy(name)
        .egress.filter(({ to }: Anything) =>
          to.some(({ ipBlock }: Anything) => ipBlock?.cidr === "0.0.0.0/0"),
        )
        .flatMap(({ ports }: Anything) => ports.map(({ port }: Anything) => port)),
    ]);
    const worker = [80, 443, 22, 8088, 443, 6443];
    expect(Object.fromEntries(out.filter(([, ports]) => ports?.length))).toEqual({
      "packit-service": [80, 443, 8088],
      "packit-service-beat": [80, 443, 22],
      "packit-worker-long-running": worker,
      "packit-worker-short-running": worker,
      "packit-service-fedmsg": [5671, 443],
      "packit-service-migration": [443],
      tokman: [80, 443],
      "packit-backup": [443],
      "packit-restore": [443],
      "image-import": [443, 6443],
    });
  });

  it("open each port that a setting names to those who go there, and to nobody else", async () => {
    const all = await objectsOf("stage", {
      forges: { "git.example.com": { type: "gitlab", instanceUrl: "https://git.example.com:8001" } },
      secrets: { forgeTokens: { "git.example.com": "a-token" } },
      packitConfig: {
        testing_farm_api_url: "https://tf.example.com:8002/",
        logdetective_url: "https://log.example.com:8003",
      },
      distGit: { url: "https://dist.example.com:8004/" },
      withFluentdSidecar: true,
      fluentd: { splunkHost: "splunk.example.com", splunkPort: 8005 },
      withBackup: true,
      backup: { bucket: "backups", endpoint: "https://s3.example.com:8006" },
      repositoryCache: { repositories: [{ url: "https://cached.example.com:8007/x" }] },
    });
    const own = all.filter(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === "packit--stg",
    );
    const reaching = (port: number) =>
      own.filter(({ spec }: Anything) => reaches(spec, port)).map(({ metadata }) => metadata.name);
    const tasks = ["packit-service", "packit-worker-long-running", "packit-worker-short-running"];
    const named = ["packit-service", "packit-service-beat", ...tasks.slice(1)];
    const wanted = [
      named,
      named,
      named,
      named,
      tasks,
      ["packit-backup", "packit-restore"],
      ["repository-cache"],
    ];
    const seen = wanted.map((_, i) => reaching(8001 + i).sort());
    expect(seen).toEqual(wanted);
  });

  it("let those out to the API server who use it, by its ports, and by nobody else's", async () => {
    const apiServerPorts = [8383, 16_443];
    const reaching = async (changes: object) => {
      const all = { ...EVERYTHING, ...changes, apiServerPorts };
      const policies = (await objectsOf("stage", all)).filter(({ kind }) => kind === "NetworkPolicy");
      const names = policies.filter(({ spec }: Anything) =>
        apiServerPorts.every((port) => reaches(spec, port)),
      );
      expect(policies.filter(({ spec }: Anything) => reaches(spec, 6443))).toEqual([]);
      return names.map(({ metadata }) => metadata.name).sort();
    };
    const workers = ["packit-worker-long-running", "packit-worker-short-running"];
    const refresh = {
      repositoryCache: { refresh: { enabled: true }, repositories: [{ url: "https://a.dev/b" }] },
    };
    expect(await reaching(refresh)).toEqual(["image-import", ...workers, "repository-cache-refresh"]);
    const without = { withSandbox: false, repositoryCache: { enabled: false } };
    expect(await reaching(without)).toEqual(["image-import"]);
  });

  it("leave users' commands without the internet where no port is named", async () => {
    const objects = await objectsOf("prod", { sandboxPorts: [] });
    const { spec } = find(objects, "NetworkPolicy", "internet");
    // Only what the name service needs.
    expect(spec.egress).toHaveLength(1);
    expect(spec.egress[0].to).toEqual([
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "openshift-dns" } } },
    ]);
  });

  it("name whom each rule leads to: without, it would lead everywhere", () => {
    for (const { metadata, spec } of policies)
      for (const { to, ports } of spec.egress ?? []) {
        expect(to?.length, metadata.name).toBeGreaterThan(0);
        expect(ports?.length, metadata.name).toBeGreaterThan(0);
      }
  });

  describe.each(["stage", "plain Kubernetes"])("on %s", (where) => {
    let all: Anything[];
    beforeAll(async () => {
      const plain = { platform: "kubernetes", managedPlatform: undefined, imagePolicy: "follow" };
      const changes = {
        ...EVERYTHING,
        ...(where === "stage" ? {} : plain),
        internalNetworks: ["10.20.0.0/16", "fd12::/16"],
      };
      all = (await objectsOf("stage", changes)).filter(({ kind }) => kind === "NetworkPolicy");
    });
    const reaching = (address: string, port: number) =>
      all.filter(({ spec }) => leadsTo(spec, address, port)).map(({ metadata }) => metadata.name);

    it.each(METADATA)("keep everybody from %s, where a cloud hands out its nodes' credentials", (address) => {
      for (const port of PORTS) expect(reaching(address, port), `${port}`).toEqual([]);
    });

    it.each(
      INTERNAL,
    )("let those to %s alone who use the API server, which may be anywhere, by its ports", (address) => {
      for (const port of PORTS) {
        const users = ["image-import", "packit-worker-long-running", "packit-worker-short-running"];
        const wanted = [443, 6443].includes(port)
          ? users.filter((name) => all.some(({ metadata }) => metadata.name === name))
          : [];
        expect(reaching(address, port).sort(), `${port}`).toEqual(wanted);
      }
    });

    it.each([
      "140.82.112.3",
      "2606:50c0:8000::153",
    ])("let components to %s, which is the internet's", (address) => {
      for (const name of [
        "packit-service",
        "packit-service-beat",
        "packit-worker-long-running",
        "packit-backup",
      ])
        expect(reaching(address, 443)).toContain(name);
    });

    it.each([
      "10.20.3.4",
      "fd12::1",
    ])("let components to %s, an internal network's, and users' commands not", (address) => {
      expect(reaching(address, 443)).toEqual(expect.arrayContaining(["packit-service", "packit-backup"]));
      expect(reaching(address, 443)).not.toContain("internet");
      expect(reaching(address, 25)).toEqual([]);
    });
  });

  it("are there for every component that has pods", () => {
    for (const name of components) expect(policy(name), name).toBeDefined();
  });
});

/** Ports that some rule or other opens, and one that none does. */
const PORTS = [22, 25, 53, 80, 443, 5353, 5432, 6379, 6443, 8088];

const METADATA = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "fe80::a9fe:a9fe"];

/** One of each kind of address that is not the internet's, by RFC 6890 and its successors. */
const INTERNAL = [
  ...["0.1.2.3", "10.0.0.1", "10.128.0.1", "100.64.0.1", "127.0.0.1", "172.16.0.1", "172.31.255.254"],
  ...["192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"],
  ...["240.0.0.1", "255.255.255.255", "::1", "64:ff9b::a00:1", "100::1", "2001:db8::1", "2002:a00:1::1"],
  ...["fc00::1", "fd13:3456::1", "ff02::1"],
];

/** Whether a policy lets its pods out to an address by a port. */
function leadsTo({ egress = [] }: Anything, address: string, port: number): boolean {
  return egress.some(
    ({ to, ports }: Anything) =>
      ports.some((one: Anything) => one.port === port) &&
      to.some(({ ipBlock }: Anything) => ipBlock && isIn(ipBlock, address)),
  );
}

/** The numbers of some ports, each once. */
function portsOf(ports: readonly Anything[], key: "port" | "containerPort"): number[] {
  return [...new Set(ports.map((one) => one[key]))].sort((a, b) => a - b);
}

function policy(component: string): Anything {
  return policies.find(({ spec }) => spec.podSelector.matchLabels?.component === component)?.spec;
}

/** Whether a policy lets its pods out by a port. */
function reaches({ egress = [] }: Anything, port: number): boolean {
  return egress.some(({ ports }: Anything) => ports.some((one: Anything) => one.port === port));
}

/** Whether a connection passes: the one side must let it out, the other one in, by a port that both name. */
function connects(from: string, to: string): boolean {
  const ports = (rules: Anything[] = [], side: "to" | "from", peer: string) =>
    rules
      .filter((rule) => rule[side]?.some((one: Anything) => one.podSelector?.matchLabels.component === peer))
      .flatMap((rule) => rule.ports.map(({ port }: Anything) => port));
  const out = ports(policy(from).egress, "to", to);
  return ports(policy(to).ingress, "from", from).some((port) => out.includes(port));
}
