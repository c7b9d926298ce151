import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import { empties } from "../support/empties.ts";
import { faults } from "../support/references.ts";
import { find, objectsOf } from "../support/stacks.ts";
import { pairwise, SWITCHES, switched } from "../support/switches.ts";

const NAMES = Object.keys(SWITCHES);

describe("the real stacks", () => {
  it.each([
    ["stage", {}],
    ["prod", {}],
    ["stage", { platform: "openshift", tls: "passthrough" }],
    ["stage", { platform: "kubernetes" }],
    ["fedora-ci", { platform: "kubernetes" }],
  ])("%s %j refer to nothing that is not there, and hold nothing that nobody uses", async (stack, changes) => {
    const objects = await objectsOf(stack, changes);
    expect(faults(objects)).toEqual([]);
    expect(dropped(objects)).toEqual([]);
  });
});

describe("switches", () => {
  it("in whatever combination leave a stack whose names are unique and that lacks nothing that it refers to", async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(NAMES), async (names) => {
        const objects = await objectsOf("stage", switched(...names));
        expect(faults(objects)).toEqual([]);
        expect(dropped(objects)).toEqual([]);
      }),
      // First those that hold every pair, then others.
      { examples: pairwise().map((names): [string[]] => [[...names]]), numRuns: 14 },
    );
  }, 60_000);

  it("take away what belongs to a part, and nothing of another part", async () => {
    const all = (await objectsOf("stage", { withTokman: true, withRedisCommander: true })).map(nameOf);
    for (const [flag, pattern] of Object.entries(OWNED)) {
      const without = { withTokman: true, withRedisCommander: true, [flag]: false };
      const names = (await objectsOf("stage", without)).map(nameOf);
      const gone = all.filter((name) => !names.includes(name) && !name.includes("migration"));
      expect(gone, flag).not.toEqual([]);
      expect(
        gone.filter((name) => !pattern.test(name)),
        flag,
      ).toEqual([]);
      expect(
        names.filter((name) => pattern.test(name)),
        flag,
      ).toEqual([]);
    }
  });

  it("all change something", async () => {
    const base = JSON.stringify(await objectsOf("stage"));
    for (const name of NAMES) {
      expect(JSON.stringify(await objectsOf("stage", switched(name))), name).not.toBe(base);
    }
  }, 60_000);
});

describe("maintenance", () => {
  it("stops whatever writes, migrates nothing, and leaves the stores and the tools", async () => {
    const objects = await objectsOf("stage", { maintenance: true });
    const replicas = (kind: string, name: string) => find(objects, kind, name).spec.replicas;
    for (const name of ["packit-service", "packit-service-beat", "packit-service-fedmsg"])
      expect(replicas("Deployment", name)).toBe(0);
    for (const name of ["packit-worker-short-running", "packit-worker-long-running"])
      expect(replicas("StatefulSet", name)).toBe(0);
    for (const name of ["postgres-15", "valkey", "packit-dashboard", "flower", "nginx"])
      expect(replicas("Deployment", name)).toBe(1);
    expect(objects.filter(({ kind }) => kind === "Job")).toEqual([]);
  });
});

/** Empty maps and lists, but for the one that the API server keeps: test/cluster/switches.test.ts asks it. */
function dropped(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap((object) =>
    empties(object)
      .filter((path) => !(object.kind === "NetworkPolicy" && path === ".spec.podSelector"))
      .map((path) => `${nameOf(object)}${path}`),
  );
}

/** The objects of each part by their names. */
const OWNED: Readonly<Record<string, RegExp>> = {
  withBeat: /\/packit-service-beat$/,
  withFedmsg: /\/packit-service-fedmsg$/,
  withDashboard: /\/packit-dashboard$/,
  withFlower: /\/flower(-htpasswd)?$/,
  withPushgateway: /\/pushgateway$/,
  withNginx: /\/(nginx(-config)?|flower-htpasswd)$/,
  withTokman: /\/(tokman(-config)?|access-tokens-pvc)$/,
  withRedisCommander: /\/redis-commander(-secret)?$/,
  withBackup: /\/packit-(backup|restore)$/,
};
