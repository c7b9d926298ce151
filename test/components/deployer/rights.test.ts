import { describe, expect, it } from "vitest";
import { MANAGED } from "../../../components/deployer/rights.ts";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { describe as nameOf } from "../../../render/kubernetes-object.ts";
import { holds, type Right, rightsIn, rightsOf } from "../../support/rights.ts";
import { type Changes, merge, objectsOf } from "../../support/stacks.ts";
import { pairwise, SWITCHES, switched } from "../../support/switches.ts";

const ACCOUNT = "packit-deployer";
const TOKEN = { deployer: { token: { server: "https://api.example.com" } } };

/** Each platform, with what alone it has, and the switches that it lacks. */
const PLATFORMS = {
  openshift: { changes: {}, lacks: [] },
  "managed-platform": { changes: { managedPlatform: { egress: true } }, lacks: [] },
  kubernetes: { changes: {}, lacks: ["withCacheRefresh", "imagesOnSchedule", "reencrypted"] },
} satisfies Record<string, { changes: Changes; lacks: readonly string[] }>;

/** Whatever adds to a stack, with nothing that takes away: all that any switch alone declares. */
const ADDING = Object.keys(SWITCHES).filter((name) => !/^(without|maintenance)/.test(name));

/** What becomes of what is of this kind is a person's to decide (docs/github.md). */
const OF_PEOPLE = ["Namespace", "TenantNamespace"];

describe.each(Object.entries(PLATFORMS))("the deployer on %s", (platform, { changes, lacks }) => {
  const rows = [...pairwise(), ADDING].map((row) =>
    row.filter((name) => !(lacks as readonly string[]).includes(name)),
  );
  const stacks: [string, readonly string[]][] = [
    ...rows.map((row): [string, string[]] => ["stage", row]),
    ["prod", []],
  ];
  const declared = (stack: string, names: readonly string[]) => {
    const all = { ...changes, ...TOKEN, platform };
    return objectsOf(stack, merge(all, switched(...names)) as Changes);
  };

  it("has every right to each object that any stack declares there, with every two switches", async () => {
    for (const [stack, names] of stacks) {
      const objects = await declared(stack, names);
      const rights = rightsOf(objects, ACCOUNT);
      const lacking = objects
        .filter(({ kind }) => !OF_PEOPLE.includes(kind))
        .flatMap((object) =>
          MANAGED.filter((verb) => !holds(rights, rightTo(object, verb))).map(
            (verb) => `${verb} ${nameOf(object)}`,
          ),
        );
      // The Role where a tenant asks for namespaces is looked at alone.
      expect(
        lacking.filter((one) => !one.includes(" packit--config/")),
        `${stack} ${names}`,
      ).toEqual([]);
      for (const object of objects) expect(holds(rights, rightTo(object, "get")), nameOf(object)).toBe(true);
    }
  });

  it("has what the stack's Roles give to others, as Kubernetes lets it give nothing else", async () => {
    for (const [stack, names] of stacks) {
      const objects = await declared(stack, names);
      const rights = rightsOf(objects, ACCOUNT);
      const given = objects.filter(({ kind }) => kind === "Role").flatMap(rightsIn);
      expect(given.filter((right) => !holds(rights, right))).toEqual([]);
    }
  });

  it("has no right that no stack needs there", async () => {
    const needed = new Set<string>();
    let given: Right[] = [];
    for (const [stack, names] of stacks) {
      const objects = await declared(stack, names);
      given = rightsOf(objects, ACCOUNT);
      const others = objects.filter(({ kind, metadata }) => kind === "Role" && metadata.name !== ACCOUNT);
      for (const right of others.flatMap(rightsIn)) needed.add(place(right));
      for (const object of objects) for (const verb of MANAGED) needed.add(place(rightTo(object, verb)));
    }
    const unneeded = given
      .map(place)
      .filter((one) => !needed.has(one))
      .filter((one) => !AWAITED.includes(one) && !one.includes("routes/custom-host"));
    expect([...new Set(unneeded)]).toEqual([]);
  });

  it("has the same rights with every switch, so that a part can be added and taken away", async () => {
    const withSandbox = stacks.filter(
      ([stack, names]) => stack === "stage" && !names.includes("withoutSandbox"),
    );
    const all = await Promise.all(withSandbox.map(([stack, names]) => declared(stack, names)));
    const [first, ...others] = all.map((objects) => rightsOf(objects, ACCOUNT));
    for (const other of others) expect(other).toEqual(first);
  });

  it("may neither raise its rights nor act as somebody else, nor change what holds its pods in", async () => {
    const rights = rightsOf(await declared("stage", []), ACCOUNT);
    const forbidden = ["*", "escalate", "bind", "impersonate", "use", "deletecollection"];
    expect(
      rights.filter(({ verb, group, resource }) =>
        [verb, group, resource].some((one) => forbidden.includes(one)),
      ),
    ).toEqual([]);
    const namespaces = rights.filter(
      ({ resource }) => resource === "namespaces" || resource === "tenantnamespaces",
    );
    expect(namespaces.map(({ verb }) => verb)).toEqual(namespaces.map(() => "get"));
    expect(namespaces.every(({ name }) => name !== undefined)).toBe(true);
    expect(rights.filter(({ resource }) => resource === "serviceaccounts/token")).toEqual([]);
  });
});

/** What the provider watches besides, to tell why something is not ready. */
const AWAITED = ["own", "sandbox"].flatMap((where) =>
  ["get", "list", "watch"].flatMap((verb) => [
    `${where}: ${verb} /events`,
    `${where}: ${verb} /pods`,
    `${where}: ${verb} apps/replicasets`,
  ]),
);

const IRREGULAR: Readonly<Record<string, string>> = {
  NetworkPolicy: "networkpolicies",
  Ingress: "ingresses",
  TenantEgress: "tenantegresses",
};

function rightTo({ apiVersion, kind, metadata }: KubernetesObject, verb: string): Right {
  const [group, version] = apiVersion.split("/");
  const { name } = metadata;
  return {
    // RBAC asks for a namespace in the namespace itself.
    namespace: metadata.namespace ?? name,
    verb,
    group: version === undefined ? "" : (group ?? ""),
    resource: IRREGULAR[kind] ?? `${kind.toLowerCase()}s`,
    name,
  };
}

/** A right by the place that a namespace is for a stack. */
function place({ namespace, verb, group, resource }: Right): string {
  const where = namespace.endsWith("-sandbox")
    ? "sandbox"
    : namespace.endsWith("--config")
      ? "tenant"
      : "own";
  return `${where}: ${verb} ${group}/${resource}`;
}
