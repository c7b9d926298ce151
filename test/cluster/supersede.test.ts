import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { queueOf, slotsOf } from "../../operations/test-instances/context.ts";
import type { DeployArgs } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { LostSlot } from "../../operations/test-instances/slots.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { TestPool } from "./test-pool.ts";

const pool = new TestPool("supersede-pool");

beforeAll(() => pool.start());
afterEach(async () => {
  for (const { name } of await slotsOf(pool).held()) await destroy(pool.context(engine()), name);
});
afterAll(() => pool.stop());

describe("a newer request for an instance that is being deployed", () => {
  it("stops the older one, waits until that has ended what it had begun, and takes its place", async () => {
    const events: string[] = [];
    const older = begin("replaced", { events, id: "older" });
    await older.begun;
    const { slot, created } = await theOne("replaced");
    const stages: string[] = [];
    const newer = deploy("replaced", events, "newer", { onStage: (stage) => void stages.push(stage) });
    await expect(older.outcome).rejects.toThrow(/another deploy of replaced has begun/);
    await expect(older.outcome).rejects.toBeInstanceOf(LostSlot);
    await newer;
    expect(events).toEqual(["older begins", "older ends", "newer begins", "newer ends"]);
    expect(stages[0]).toBe("waiting");
    // It has answered, and was not taken for dead.
    expect(pool.said.join("\n")).toMatch(/waiting for whoever deploys replaced to stop/);
    expect(pool.said.join("\n")).not.toContain("nobody answers");
    // The same slot, and the same expiry.
    expect(await theOne("replaced")).toMatchObject({ slot, created, state: "up" });
    expect((await theOne("replaced")).ends).toBeUndefined();
  });

  it("is itself stopped by one that is newer still, and none makes anything before the first has ended", async () => {
    const events: string[] = [];
    const first = begin("thrice", { events, id: "first", isSlow: true });
    await first.begun;
    const second = begin("thrice", { events, id: "second" });
    await until(async () => (await theOne("thrice")).ends !== undefined, WITHIN);
    const third = deploy("thrice", events, "third");
    await expect(second.outcome).rejects.toBeInstanceOf(LostSlot);
    expect(events).toEqual(["first begins"]);
    first.release();
    await expect(first.outcome).rejects.toBeInstanceOf(LostSlot);
    await third;
    expect(events).toEqual(["first begins", "first ends", "third begins", "third ends"]);
  });

  it("can be destroyed while it waits, with all that the older one had begun", async () => {
    const events: string[] = [];
    const older = begin("gone", { events, id: "older", isSlow: true });
    await older.begun;
    const newer = begin("gone", { events, id: "newer" });
    await until(async () => (await theOne("gone")).ends !== undefined, WITHIN);
    const destroyed = destroy(pool.context(engine()), "gone");
    await expect(newer.outcome).rejects.toBeInstanceOf(LostSlot);
    older.release();
    await expect(older.outcome).rejects.toBeInstanceOf(LostSlot);
    expect(await destroyed).toBe(true);
    expect(events).toEqual(["older begins", "older ends"]);
    expect(await pool.held("gone")).toBeUndefined();
    expect(await pool.client.read(namespace("gone"))).toBeUndefined();
  });

  it("takes the place of one that has died", async () => {
    await slotsOf(pool).take({ ...tenancy("orphan"), references: ["packit-service=614"] }, TAKE);
    const events: string[] = [];
    await deploy("orphan", events, "newer");
    expect(events).toEqual(["newer begins", "newer ends"]);
  });

  it("comes at the same moment as others, and one of them has the instance in the end", async () => {
    const events: string[] = [];
    const ids = ["a", "b", "c", "d"];
    const outcomes = await Promise.allSettled(ids.map((id) => deploy("crowd", events, id)));
    const failed = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    for (const reason of failed) expect(reason).toBeInstanceOf(LostSlot);
    expect(failed.length).toBeLessThan(ids.length);
    expect(await theOne("crowd")).toMatchObject({ state: "up" });
    // One after another: whoever begins has ended before the next one does.
    const pairs = Array.from({ length: events.length / 2 }, (_, i) => events.slice(2 * i, 2 * i + 2));
    for (const [begun = "", ended] of pairs) expect(ended).toBe(begun.replace("begins", "ends"));
  });

  it("that is older than what it finds leaves that alone, whether it is at work, up, or waits", async () => {
    const events: string[] = [];
    const newer = begin("ordered", { events, id: "newer", isSlow: true, order: 2 });
    await newer.begun;
    await expect(deploy("ordered", events, "late", { order: 1 })).rejects.toThrow(
      "A newer request for ordered",
    );
    newer.release();
    await newer.outcome;
    await expect(deploy("ordered", events, "later", { order: 1 })).rejects.toThrow(
      "A newer request for ordered",
    );
    expect(events).toEqual(["newer begins", "newer ends"]);
    // The same request again, and one that nobody has numbered, go on.
    await deploy("ordered", events, "again", { order: 2 });
    await deploy("ordered", events, "person");

    for (let i = 0; i < pool.pool.limit - 1; i++)
      await slotsOf(pool).take({ ...tenancy(`full-${i}`), state: "up" }, TAKE);
    const waits = deploy("lined", events, "waits", { waitSeconds: 100, order: 2 });
    waits.catch(() => {});
    await until(async () => (await queueOf(pool).tickets()).length === 1, WITHIN);
    await expect(deploy("lined", events, "late", { waitSeconds: 100, order: 1 })).rejects.toBeInstanceOf(
      LostSlot,
    );
    await destroy(pool.context(engine()), "full-0");
    await waits;
    expect(events.slice(-2)).toEqual(["waits begins", "waits ends"]);
  });

  it("leaves those of other names alone", async () => {
    const events: string[] = [];
    const one = begin("one", { events, id: "one", isSlow: true });
    await one.begun;
    await deploy("other", events, "other");
    one.release();
    await one.outcome;
    expect((await theOne("one")).state).toBe("up");
  });

  it("waits for a destruction that is under way, and begins anew", async () => {
    const events: string[] = [];
    await deploy("phoenix", events, "older");
    const { created } = await theOne("phoenix");
    await applyOne(pool.client, namespace("phoenix"));
    const destroyed = destroy(pool.context(engine()), "phoenix");
    await until(async () => (await pool.held("phoenix"))?.state !== "up", WITHIN);
    await deploy("phoenix", events, "newer");
    expect(await destroyed).toBe(true);
    expect((await theOne("phoenix")).created).not.toEqual(created);
  });

  it("takes the place of one that waits in line", async () => {
    const taken = pool.pool.limit;
    for (let i = 0; i < taken; i++) await slotsOf(pool).take({ ...tenancy(`full-${i}`), state: "up" }, TAKE);
    const events: string[] = [];
    const older = deploy("lasting", events, "older", { waitSeconds: 100 });
    await until(async () => (await queueOf(pool).tickets()).length === 1, WITHIN);
    const newer = deploy("lasting", events, "newer", { waitSeconds: 100 });
    await expect(older).rejects.toThrow("A newer request for lasting waits in its place");
    await destroy(pool.context(engine()), "full-0");
    await newer;
    expect(events).toEqual(["newer begins", "newer ends"]);
    expect(await queueOf(pool).tickets()).toEqual([]);
  });

  it("for other pull requests than are on test is refused, and nothing is stopped", async () => {
    const events: string[] = [];
    const older = begin("mine", { events, id: "older", isSlow: true });
    await older.begun;
    pool.github.pulls.set("packit/packit-service#615", {});
    const request = { ...readRequest(WORDS, pool.pool), name: "mine" };
    await expect(deploy("mine", events, "newer", { request })).rejects.toThrow("The name mine is taken");
    older.release();
    await older.outcome;
    expect((await theOne("mine")).state).toBe("up");
  });
});

const WORDS = { references: ["packit-service=615"], base: "stage", with: [], without: [], images: [] };
const TAKE = { ...TAKE_ARGS, budget: { cpu: 1e9, memory: 1e15 } };
const WITHIN = { what: "the slot to be as it should", limitSeconds: 30, everyMs: 100 };

async function theOne(name: string) {
  const found = (await slotsOf(pool).held()).filter((one) => one.name === name);
  expect(found).toHaveLength(1);
  const [held] = found;
  if (held === undefined) throw new Error(name);
  return held;
}

/** A deploy that supersedes, by an engine that writes down when it begins and ends. */
function deploy(name: string, events: string[], id: string, given: Partial<DeployArgs> = {}) {
  const work = engine(async () => {
    events.push(`${id} begins`);
    events.push(`${id} ends`);
  });
  return pool.deploy(work, name, { supersedes: true, ...given });
}

/** The same, at work until it is stopped; a slow one until it is released besides, as an engine that ends what it has begun. */
function begin(
  name: string,
  { events, id, isSlow = false, order }: { events: string[]; id: string; isSlow?: boolean; order?: number },
) {
  const begun = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const work = engine(async (signal) => {
    events.push(`${id} begins`);
    await applyOne(pool.client, namespace(name));
    begun.resolve();
    if (isSlow) await released.promise;
    else await until(async () => signal.aborted, WITHIN);
    events.push(`${id} ends`);
    signal.throwIfAborted();
  });
  const outcome = pool.deploy(work, name, { supersedes: true, order });
  outcome.catch(() => {});
  return { begun: begun.promise, outcome, release: () => released.resolve() };
}

function engine(work: (signal: AbortSignal) => Promise<void> = async () => {}): Engine {
  return { name: "apply", up: (_, __, signal) => work(signal), forget: async () => {} };
}

function namespace(instance: string): KubernetesObject {
  const [name] = namespacesOf(instance);
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { [STACK_LABEL]: stackOf(instance) } },
  };
}
