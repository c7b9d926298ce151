import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { acquire, refuseTooLarge } from "../../operations/test-instances/acquire.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { extend } from "../../operations/test-instances/extend.ts";
import { LEASES, leaseName, leaseOf, micro } from "../../operations/test-instances/lease.ts";
import type { Tenancy } from "../../operations/test-instances/tenancy.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const pool = poolOf({
  kubeContext: LOCAL_CONTEXT,
  namespace: "acquire-pool",
  limit: 2,
  budget: { cpu: "2", memory: "4Gi" },
  identities: ["one", "two"].map((name) => ({ name, fasUser: `packit-${name}`, githubApp: name })),
});
const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } };
const GiB = 2 ** 30;

beforeAll(() => client.create(space));
afterEach(async () => {
  const leases = await client.list(LEASES, { namespace: pool.namespace });
  for (const lease of leases) await client.delete(lease);
});
afterAll(() => client.delete(space));

/** What is asked for anew; of what there is in the slot, this differs. */
const WANTED: Tenancy = {
  ...tenancy("one"),
  references: ["ogr=1"],
  owner: "me",
  requests: { cpu: 1000, memory: GiB },
};

describe("an instance that is there is deployed anew", () => {
  it("in its place: slot, expiry, identity and owner stay, and whether it was up", async () => {
    const former = await held({ state: "up", owner: "ada", identity: "one" });
    const again = await acquire(context(), ARGS, {
      ...WANTED,
      commits: { ogr: "f".repeat(40) },
      run: "second",
    });
    const { slot, expires, identity, created } = former;
    expect(again).toMatchObject({ slot, expires, identity, created, owner: "ada", wasUp: true });
    expect(again).toMatchObject({ state: "deploying", run: "second", commits: { ogr: "f".repeat(40) } });
  });

  it("after it failed, and after whoever deployed it died", async () => {
    await held({ state: "failed" });
    expect(await acquire(context(), ARGS, WANTED)).toMatchObject({ state: "deploying", wasUp: false });
    await silentFor(31);
    expect(await acquire(context(), ARGS, { ...WANTED, run: "third" })).toMatchObject({ run: "third" });
  });

  it.each<[string, Partial<Tenancy>, RegExp]>([
    [
      "what is on test is something else",
      { state: "up", references: ["ogr=2"] },
      /name one is taken, by ogr=2 of/,
    ],
    ["its base is another one", { state: "up", base: "prod" }, /name one is taken/],
    ["another engine made it", { state: "up", engine: "pulumi" }, /brought up with --engine pulumi/],
    ["somebody destroys it", { state: "destroying" }, /Somebody else is at work on one: it is destroying/],
  ])("but not where %s", async (_, there, message) => {
    const former = await held(there);
    await expect(acquire(context(), ARGS, WANTED)).rejects.toThrow(message);
    expect(await slotsOf({ client, pool }).held()).toEqual([former]);
  });

  it("but not where it asks for more than others have left", async () => {
    await held({ state: "up" });
    await held({ ...tenancy("two"), state: "up", requests: { cpu: 1500, memory: GiB } }, 2);
    await expect(acquire(context(), ARGS, WANTED)).rejects.toThrow(
      /one asks for 1 processors and 1\.0Gi, which the pool has not left\. Held: two/,
    );
  });
});

describe("an instance that is not there", () => {
  it("gets the identity of its slot", async () => {
    const { slot, identity } = await acquire(context(), ARGS, WANTED);
    expect(identity).toBe(pool.identities[slot - 1]?.name);
  });

  it("is not made where only what exists is to be deployed", async () => {
    const only = acquire(context(), { ...ARGS, onlyExisting: true }, WANTED);
    await expect(only).rejects.toThrow("There is no instance one");
    expect(await slotsOf({ client, pool }).held()).toEqual([]);
  });

  it("gets no slot where its identity is another one's, or the pool's budget is used up", async () => {
    const other = { ...tenancy("two"), state: "up" } as const;
    await held({ ...other, identity: "two" });
    await expect(acquire(context(), ARGS, WANTED)).rejects.toThrow(/identity of the free slot is another/);
    await client.delete({ ...LEASES, metadata: { name: leaseName(1), namespace: pool.namespace } });
    await held({ ...other, requests: { cpu: 1001, memory: GiB } });
    await expect(acquire(context(), ARGS, WANTED)).rejects.toThrow(/which the pool has not left/);
  });

  it.each([
    ["processors", { cpu: 2001, memory: GiB }],
    ["memory", { cpu: 1, memory: 4 * GiB + 1 }],
  ])("is refused before anything is asked if it alone asks for more %s than all may", (_, requests) => {
    expect(() => refuseTooLarge({ ...WANTED, requests }, pool)).toThrow(
      /^one would ask for .* may ask for 2 processors and 4\.0Gi \(packit:testInstances\.budget\)/,
    );
    expect(() => refuseTooLarge({ ...WANTED, requests: { cpu: 2000, memory: 4 * GiB } }, pool)).not.toThrow();
  });
});

describe("an extension", () => {
  it("comes too late for what is being destroyed", async () => {
    await held({ state: "destroying" });
    await expect(extend(context(), "one", 60)).rejects.toThrow("one is being destroyed");
  });

  it("is of something that is there: otherwise it is said what is", async () => {
    await held({ state: "up" });
    await expect(extend(context(), "tow", 60)).rejects.toThrow("There is no instance tow. There are: one.");
  });
});

const ARGS = { request: { ttlSeconds: 3600 }, waitSeconds: 0, onlyExisting: false };

/** Has a slot held for a while already, by what is like the wanted one but for this. */
async function held(told: Partial<Tenancy>, slot = 1) {
  const times = { now: new Date(), created: new Date(Date.now() - 600_000), ttlSeconds: 3600 };
  await client.create(leaseOf(pool.namespace, slot, { ...WANTED, ...told }, times));
  const all = await slotsOf({ client, pool }).held();
  const found = all.find((one) => one.slot === slot);
  if (found === undefined) throw new Error("no slot");
  return found;
}

/** Lets whoever holds the first slot be heard of some seconds ago for the last time. */
async function silentFor(seconds: number): Promise<void> {
  const lease = { ...LEASES, metadata: { name: leaseName(1), namespace: pool.namespace } };
  await client.patch(lease, { spec: { renewTime: micro(new Date(Date.now() - seconds * 1000)) } });
}

function context(): Context {
  const engine = new ApplyEngine(client, async () => "seed");
  // Nobody is asked there.
  const github = new GitHub({ baseUrl: "http://127.0.0.1:1" });
  return { root: ROOT, pool, client, github, engine, report: () => {} };
}
