import { beforeAll, describe, expect, it } from "vitest";
import { until } from "../../cluster/until.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";

const stack = new TestStack("volumes");
const POD = "packit-worker-long-running";

beforeAll(() => scale(1));

describe("each worker of a pool", () => {
  it("mounts a volume of its own, and keeps it while the pool is scaled from 1 to 3 and back", async () => {
    const before = await volumes(1);
    await scale(3);
    const three = await volumes(3);
    await scale(1);
    const back = await claims();
    await scale(3);
    const again = await volumes(3);

    expect(new Set(three.values()).size).toBe(3);
    expect(three.get(`${POD}-0`)).toBe(before.get(`${POD}-0`));
    expect([...back.values()].sort()).toEqual([...three.values()].sort());
    expect(again).toEqual(three);
  });

  it("keeps its volume across its pod's deletion", async () => {
    const before = await volumes(3);
    const pod = (await stack.list("Pod")).get(`${POD}-0`);
    await stack.client.delete(pod);
    const replaced = async () => {
      const now = (await stack.list("Pod")).get(`${POD}-0`);
      return now !== undefined && now.metadata.uid !== pod.metadata.uid && now.status.phase === "Running";
    };
    await until(replaced, { what: "the worker's next pod", limitSeconds: 20 });
    expect(await volumes(3)).toEqual(before);
  });

  it("has a bound volume in the sandbox, under the name that it looks for", async () => {
    const claims = await stack.list("PersistentVolumeClaim", { namespace: stack.sandboxNamespace });
    expect([...claims.keys()].sort()).toEqual(
      [0, 1, 2].map((i) => `sandcastle-repository-cache-${POD}-${i}`),
    );
    for (const claim of claims.values()) expect(claim.status.phase).toBe("Bound");
  });
});

async function scale(replicas: number): Promise<void> {
  await stack.up({ ...FEW_PARTS, workers: { longRunning: { replicas } } });
  const scaled = async () => (await workers()).length === replicas;
  await until(scaled, { what: `${replicas} workers`, limitSeconds: 20 });
}

async function workers() {
  return [...(await stack.list("Pod")).values()].filter(({ metadata }) => metadata.labels.component === POD);
}

/** The bound volume of each worker that runs. */
async function volumes(count: number): Promise<Map<string, string>> {
  const bound = await claims();
  const pods = await workers();
  expect(pods).toHaveLength(count);
  return new Map(
    pods.map(({ metadata, spec }) => {
      const name = spec.volumes.find(
        ({ persistentVolumeClaim }: { persistentVolumeClaim?: object }) => persistentVolumeClaim,
      );
      return [metadata.name, bound.get(name.persistentVolumeClaim.claimName) ?? "none"];
    }),
  );
}

/** The volume of each of the workers' claims. */
async function claims(): Promise<Map<string, string>> {
  const all = [...(await stack.list("PersistentVolumeClaim")).values()];
  const own = all.filter(({ metadata }) => metadata.name.startsWith("packit-worker-repository-cache-"));
  for (const { metadata, status } of own) expect(status.phase, metadata.name).toBe("Bound");
  return new Map(own.map(({ metadata, spec }) => [metadata.name, spec.volumeName]));
}
