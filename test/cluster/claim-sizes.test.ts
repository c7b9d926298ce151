import { beforeAll, describe, expect, it } from "vitest";
import type { Anything } from "../support/anything.ts";
import type { Changes } from "../support/stacks.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";

const stack = new TestStack("sizes");
const WORKER = "packit-worker-long-running-0";

const FEW: Changes = { ...FEW_PARTS, withBeat: true };

const LARGER: Changes = {
  ...FEW,
  postgres: { storage: "3Gi" },
  valkey: { storage: "9Gi" },
  repositoryCache: { size: "5Gi" },
};

beforeAll(() => stack.up(FEW));

describe("volumes", () => {
  it("grow in place, those of the workers and of their sandboxes with one setting, and no pod goes for that", async () => {
    const before = await pods();
    await stack.up(LARGER);
    expect(await sizes()).toEqual({
      "postgres-15": "3Gi",
      "valkey-pvc": "9Gi",
      [`packit-worker-repository-cache-${WORKER}`]: "5Gi",
      [`sandcastle-repository-cache-${WORKER}`]: "5Gi",
    });
    // Passwords and images are what they were: nothing else rolls.
    expect(await pods()).toEqual(before);
  });

  it.each<[string, Changes, readonly string[]]>([
    ["PostgreSQL's", { postgres: { storage: "1Gi" } }, ["/postgres-15 has 3Gi, and 1Gi is declared"]],
    [
      "all caches",
      { repositoryCache: { size: "4Gi" } },
      [
        `/packit-worker-repository-cache-${WORKER} has 5Gi, and 4Gi is declared`,
        `-sandbox/sandcastle-repository-cache-${WORKER} has 5Gi, and 4Gi is declared`,
      ],
    ],
    [
      "Valkey's, by a little",
      { valkey: { storage: "8191Mi" } },
      ["/valkey-pvc has 9Gi, and 8191Mi is declared"],
    ],
  ])("cannot be made smaller: %s, with both sizes told before anything is applied", async (_, changes, told) => {
    const before = await versions();
    const error = await stack.up({ ...LARGER, ...changes, withBeat: false }).then(
      () => "none",
      ({ message }) => message,
    );
    for (const line of told) expect(error).toContain(line);
    expect(error.match(/has .*, and .* is declared/g)).toHaveLength(told.length);
    expect(error).toContain("nothing was applied");
    expect(await versions()).toEqual(before);
  });

  it("may be told their size in another unit", async () => {
    await stack.up({ ...LARGER, valkey: { storage: "9216Mi" } });
    expect((await sizes())["valkey-pvc"]).toMatch(/^(9Gi|9216Mi)$/);
  });
});

async function claims(): Promise<Anything[]> {
  const lists = await Promise.all(
    [stack.namespace, stack.sandboxNamespace].map((namespace) =>
      stack.list("PersistentVolumeClaim", { namespace }),
    ),
  );
  return lists.flatMap((list) => [...list.values()]);
}

async function sizes(): Promise<Record<string, string>> {
  const all = await claims();
  return Object.fromEntries(
    all.map(({ metadata, spec }) => [metadata.name, spec.resources.requests.storage]),
  );
}

async function pods(): Promise<string[]> {
  return [...(await stack.list("Pod")).values()].map(({ metadata }) => metadata.uid).sort();
}

/** What everything of the stack is, but for what its controllers say of it. */
async function versions(): Promise<unknown[]> {
  const all = (await stack.applied()) as Anything[];
  return all.map(({ kind, metadata }) => [kind, metadata.name, metadata.uid, metadata.generation]).sort();
}
