import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError } from "../../errors.ts";
import { slotsOf } from "../../operations/test-instances/context.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { POOL_LABEL } from "../../operations/test-instances/namespaces.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { TestPool } from "./test-pool.ts";

const NAME = "ended";
const [own, box] = namespacesOf(NAME);
const pool = new TestPool("destruction-pool");
const { client } = pool;
const OWN = namespace(own);
const SANDBOX = namespace(box);

let events: string[];

beforeAll(() => pool.start());
beforeEach(() => {
  events = [];
});
afterAll(() => pool.stop());

describe("the destruction of an instance that is being deployed", () => {
  it("waits until its deploy has ended what it had begun, and leaves nothing of it", async () => {
    const begun = Promise.withResolvers<void>();
    const slow = engine(async (signal) => {
      await applyOne(client, OWN);
      begun.resolve();
      const isAsked = async () => signal.aborted && (await pool.held(NAME))?.answer === "stopping";
      await until(isAsked, { what: "the deploy to be asked to stop", limitSeconds: 30 });
      // As Pulumi's engine, which ends the steps that it has begun.
      await applyOne(client, SANDBOX);
      events.push((await client.read(OWN)) === undefined ? "removed too early" : "ended");
      signal.throwIfAborted();
    });
    const deployed = expect(pool.deploy(slow, NAME)).rejects.toThrow(
      "This command has stopped: ended is being destroyed",
    );
    await begun.promise;
    // Whoever asks twice waits as well.
    const both = await Promise.allSettled([1, 2].map(() => destroy(pool.context(slow), NAME)));
    await deployed;
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    expect(events[0]).toBe("ended");
    expect(events).toContain("forgotten");
    for (const one of [OWN, SANDBOX]) expect(await client.read(one)).toBeUndefined();
    expect(await pool.held(NAME)).toBeUndefined();
  });

  it("goes on where whoever deployed it is dead, and where the engine cannot let go says so once all is gone", async () => {
    const made = await slotsOf(pool).take(tenancy(NAME), TAKE_ARGS);
    expect(made).toMatchObject({ state: "deploying" });
    await applyOne(client, OWN);
    const broken = engine(async () => {});
    broken.forget = () => Promise.reject(new EnvironmentError("not logged in"));
    await expect(destroy(pool.context(broken), NAME)).rejects.toThrow("not logged in");
    expect(await client.read(OWN)).toBeUndefined();
    expect((await pool.held(NAME))?.state).toBe("destroying");
    expect(await destroy(pool.context(engine(async () => {})), NAME)).toBe(true);
    expect(await pool.held(NAME)).toBeUndefined();
  });
});

function engine(work: (signal: AbortSignal) => Promise<void>): Engine {
  return {
    name: "apply",
    up: (_, __, signal) => work(signal),
    forget: async () => void events.push("forgotten"),
  };
}

function namespace(name: string): KubernetesObject {
  // Others' reapers, which other tests run on the same control plane, pass it by.
  const kept = { "packit.dev/keep": "true" };
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      labels: { [STACK_LABEL]: stackOf(NAME), [POOL_LABEL]: pool.pool.namespace, ...kept },
    },
  };
}
