import { beforeAll, describe, expect, it } from "vitest";
import { describe as nameOf } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { type Registered, registered } from "../support/registered.ts";
import { objectsOf } from "../support/stacks.ts";

let resources: Registered[];

beforeAll(async () => {
  resources = await registered({ quota: { enabled: true } });
});

describe("a rollout waits", () => {
  const STORES = ["packit-database-15-deployment", "packit-valkey-deployment"];
  const WORKERS = ["long-running", "short-running"].map(
    (kind) => `packit-packit-worker-${kind}-stateful-set`,
  );

  it.each([
    ["the migration", ["packit-migration-job"], STORES],
    ["the API", ["packit-service-deployment"], [...STORES, "packit-migration-job"]],
    ["workers", WORKERS, ["packit-service-deployment", "packit-sandbox-role-binding"]],
    ["beat", ["packit-beat-deployment"], ["packit-service-deployment"]],
    ["the listener", ["packit-fedmsg-deployment"], STORES],
    [
      "the proxy",
      ["packit-tools-nginx-deployment"],
      ["packit-tools-flower-service", "packit-tools-pushgateway-service"],
    ],
    ["the stores", STORES, ["packit-walls-network-deny", "packit-walls-quota"]],
  ])("with %s for what comes before", (_, names, before) => {
    for (const name of names) {
      const { dependencies } = one(name);
      expect(dependencies, name).toEqual(expect.arrayContaining(before));
    }
  });

  it("with whatever runs waiting for what isolates it: the policy that denies all, and the quota", () => {
    // A policy that allows something can come later: without it a pod can do less.
    const isolation = resources.filter(
      ({ type, object }) =>
        type.endsWith(":ResourceQuota") ||
        (type.endsWith(":NetworkPolicy") && object.metadata.name === "default-deny"),
    );
    expect(isolation).toHaveLength(4);
    const running = resources.filter(({ type }) => /:(Deployment|StatefulSet|Job)$/.test(type));
    for (const { name } of running) {
      const before = allBefore(name);
      expect(
        isolation.filter((one) => !before.has(one.name)).map((one) => one.name),
        name,
      ).toEqual([]);
    }
  });

  it("in no circle: nothing that comes before waits for what comes after", () => {
    const later = ["packit-service-deployment", ...WORKERS, "packit-beat-deployment"];
    for (const name of [...STORES, "packit-migration-job"])
      expect(one(name).dependencies.filter((other) => later.includes(other))).toEqual([]);
  });
});

describe("Pulumi's time limit", () => {
  it("covers the end of each pod, and the start that its probes allow, one pod after the other", async () => {
    const replicas = { longRunning: { replicas: 3 }, shortRunning: { replicas: 2 } };
    const slow = await registered({ workers: replicas });
    const objects = await objectsOf("stage", { workers: replicas });
    const workloads = objects.filter(({ kind }) => kind === "StatefulSet" || kind === "Deployment");
    expect(workloads.length).toBeGreaterThan(9);
    for (const { kind, metadata, spec } of workloads as Anything[]) {
      const { terminationGracePeriodSeconds = 30, containers } = spec.template.spec;
      const budgets = containers.map(({ startupProbe }: Anything) =>
        startupProbe ? (startupProbe.periodSeconds ?? 10) * (startupProbe.failureThreshold ?? 3) : 0,
      );
      const each = terminationGracePeriodSeconds + Math.max(...budgets);
      const needed = kind === "StatefulSet" ? each * spec.replicas : each;
      const found = slow.filter(
        ({ type, objectName }) => type.endsWith(`:${kind}`) && objectName === metadata.name,
      );
      expect(found, metadata.name).toHaveLength(1);
      expect(found[0]?.timeoutSeconds, metadata.name).toBeGreaterThanOrEqual(needed);
    }
  });

  it.each([
    "openshift",
    "kubernetes",
  ])("is not tried, on the platform %s, by what is ready only once others are", async (platform) => {
    const isSkipped = ({ metadata }: Anything) => metadata.annotations?.["pulumi.com/skipAwait"] === "true";
    const kinds = ["Service", "PersistentVolumeClaim", "Ingress"];
    for (const object of await objectsOf("stage", { platform }))
      expect(isSkipped(object), nameOf(object)).toBe(kinds.includes(object.kind));
  });

  it("does not keep a migration that failed: the next run makes it anew", async () => {
    const job = (await objectsOf("stage")).find(({ kind }) => kind === "Job");
    expect(job?.metadata.annotations).toMatchObject({ "pulumi.com/replaceUnready": "true" });
  });
});

/** Everything that is made before a resource, whatever it is that waits for it. */
function allBefore(name: string, seen = new Set<string>()): Set<string> {
  for (const { dependencies } of resources.filter((resource) => resource.name === name))
    for (const before of dependencies.filter((one) => !seen.has(one))) allBefore(before, seen.add(before));
  return seen;
}

function one(name: string): Registered {
  const [found, ...others] = resources.filter((resource) => resource.name === name);
  if (found === undefined || others.length > 0) throw new Error(`${others.length} others of ${name}`);
  return found;
}
