import { beforeAll, describe, expect, it } from "vitest";
import { type Registered, registered } from "../support/registered.ts";

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

  it("in no circle: nothing that comes before waits for what comes after", () => {
    const later = ["packit-service-deployment", ...WORKERS, "packit-beat-deployment"];
    for (const name of [...STORES, "packit-migration-job"])
      expect(one(name).dependencies.filter((other) => later.includes(other))).toEqual([]);
  });
});

function one(name: string): Registered {
  const [found, ...others] = resources.filter((resource) => resource.name === name);
  if (found === undefined || others.length > 0) throw new Error(`${others.length} others of ${name}`);
  return found;
}
