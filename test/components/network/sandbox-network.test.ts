import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { isIn } from "../../support/addresses.ts";
import type { Anything } from "../../support/anything.ts";
import { objectsOf } from "../../support/stacks.ts";

const WITH_CACHE = { repositoryCache: { repositories: [{ url: "https://git.example.com:8443/systemd" }] } };

let policies: Anything[];

beforeAll(async () => {
  policies = (await objectsOf("stage", WITH_CACHE)).filter(
    ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.namespace === "packit--stg-sandbox",
  );
});

/**
 * First and last address of each block of IANA's IPv4 Special-Purpose Address Registry (RFC 6890 and its updates) that
 * is not "globally reachable", and of multicast (RFC 5771).
 */
const SPECIAL = {
  "this network": ["0.0.0.0", "0.255.255.255"],
  "private use, of 24 bits": ["10.0.0.0", "10.255.255.255"],
  "shared address space, of which OVN takes its own": ["100.64.0.0", "100.127.255.255"],
  loopback: ["127.0.0.0", "127.255.255.255"],
  "link local, where clouds tell their machines' credentials": ["169.254.0.0", "169.254.255.255"],
  "private use, of 20 bits": ["172.16.0.0", "172.31.255.255"],
  "IETF protocol assignments": ["192.0.0.0", "192.0.0.255"],
  "TEST-NET-1": ["192.0.2.0", "192.0.2.255"],
  "private use, of 16 bits": ["192.168.0.0", "192.168.255.255"],
  benchmarking: ["198.18.0.0", "198.19.255.255"],
  "TEST-NET-2": ["198.51.100.0", "198.51.100.255"],
  "TEST-NET-3": ["203.0.113.0", "203.0.113.255"],
  multicast: ["224.0.0.0", "239.255.255.255"],
  "reserved, and broadcast": ["240.0.0.0", "255.255.255.255"],
} as const;

const special = Object.values(SPECIAL).map(([first, last]) => [numberOf(first), numberOf(last)] as const);

describe("users' commands", () => {
  it.each(Object.entries(SPECIAL))("reach no address of %s", (_, [first, last]) => {
    const within = fc.integer({ min: numberOf(first), max: numberOf(last) });
    fc.assert(
      fc.property(within, (address) => !reaches(USER, textOf(address), 443)),
      { examples: [[numberOf(first)], [numberOf(last)]] },
    );
  });

  it("reach every other address", () => {
    const isPublic = (address: number) => !special.some(([from, to]) => address >= from && address <= to);
    const anywhere = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter(isPublic);
    // What is next to a special block is in none of the lists by a mistake in its length.
    const beside = special
      .flatMap(([from, to]) => [from - 1, to + 1])
      .filter((one) => one >= 0 && one < 2 ** 32 && isPublic(one));
    fc.assert(
      fc.property(anywhere, (address) => reaches(USER, textOf(address), 443)),
      { examples: beside.map((address): [number] => [address]) },
    );
  });

  it("reach the ports of the setting, the pods of the name service, and nothing else", () => {
    const ports = Array.from({ length: 10_000 }, (_, port) => port);
    expect(ports.filter((port) => reaches(USER, "140.82.112.3", port))).toEqual([22, 80, 443]);
    for (const port of [53, 5353])
      for (const protocol of ["TCP", "UDP"]) {
        expect(reaches(USER, "10.96.0.10", port, protocol)).toBe(false);
        expect(asksNames(port, protocol)).toEqual(["openshift-dns"]);
      }
  });

  it("are reached by nobody, and reach no address of the newer kind", () => {
    expect(policies.flatMap(({ spec }) => spec.ingress ?? [])).toEqual([]);
    expect(reaches(USER, "2001:db8::1", 443)).toBe(false);
    expect(reaches(USER, "2606:4700::1111", 443)).toBe(false);
  });
});

describe("what fills the sandboxes' caches", () => {
  it("reaches besides the ports of the cached repositories, and nobody else does", () => {
    const filler = { component: "repository-cache" };
    expect(reaches(filler, "140.82.112.3", 8443)).toBe(true);
    expect(reaches(filler, "140.82.112.3", 443)).toBe(true);
    expect(reaches(filler, "10.1.2.3", 8443)).toBe(false);
    expect(reaches(USER, "140.82.112.3", 8443)).toBe(false);
  });
});

/** The namespaces whose pods a rule leads to. */
function asksNames(port: number, protocol: string): string[] {
  const rules: Anything[] = policies.flatMap(({ spec }) => spec.egress ?? []);
  const open = rules.filter(({ ports }) =>
    ports.some((one: Anything) => one.port === port && one.protocol === protocol),
  );
  const names = open.flatMap(({ to }) =>
    to.map((one: Anything) => one.namespaceSelector?.matchLabels["kubernetes.io/metadata.name"]),
  );
  return [...new Set(names)];
}

/** The labels of a pod that sandcastle makes. */
const USER = { name: "sandcastle" };

/** Whether the policies let a pod out to an address, by the rules of Kubernetes. */
function reaches(labels: Record<string, string>, address: string, port: number, protocol = "TCP"): boolean {
  const own = policies.filter(({ spec }) =>
    Object.entries(spec.podSelector.matchLabels ?? {}).every(([key, value]) => labels[key] === value),
  );
  if (!own.some(({ spec }) => spec.policyTypes.includes("Egress"))) return true;
  const rules: Anything[] = own.flatMap(({ spec }) => spec.egress ?? []);
  return rules.some(({ to, ports }) => {
    const isPort =
      ports === undefined || ports.some((one: Anything) => one.port === port && one.protocol === protocol);
    return (
      isPort && (to === undefined || to.some(({ ipBlock }: Anything) => ipBlock && isIn(ipBlock, address)))
    );
  });
}

function numberOf(address: string): number {
  return address.split(".").reduce((all, byte) => all * 256 + Number(byte), 0);
}

function textOf(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
