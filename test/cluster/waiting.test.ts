import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wayTo } from "../../cluster/access.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { Transport } from "../../cluster/transport.ts";
import { pause, until } from "../../cluster/until.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { acquire } from "../../operations/test-instances/acquire.ts";
import { type Context, queueOf, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { namespaceObject } from "../../operations/test-instances/namespaces.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { TAKE_ARGS, tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";
import { BARE, LEFT_OUT } from "./test-pool.ts";

const access = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const client = new ApiClient(access);
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "waiting-pool", limit: 2 });
const line = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "waiting-line", limit: 1 });

let github: FakeGitHub;

beforeAll(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#614", {});
  for (const { namespace } of [pool, line]) await client.create(namespaceObject(namespace));
});
afterAll(async () => {
  await github.stop();
  for (const { namespace } of [pool, line]) await client.delete(namespaceObject(namespace));
});

describe("a deploy that waits for what never is ready", () => {
  it("ends within seconds of its instance's destruction, and says so", async () => {
    const waiting = waitingDeploy("doomed");
    await waiting.begun;
    const ended = expect(waiting.outcome).rejects.toThrow("doomed is being destroyed");
    const destroyed = destroy(context(), "doomed");
    await within(15, ended);
    expect(await destroyed).toBe(true);
    expect((await slotsOf({ client, pool }).held()).map(({ name }) => name)).toEqual([]);
  });

  it("ends with the time that its instance has, and leaves it to be looked at", async () => {
    const waiting = waitingDeploy("brief", "8s");
    await within(30, expect(waiting.outcome).rejects.toThrow(/The time of brief is over since/));
    expect((await slotsOf({ client, pool }).held()).map(({ name, state }) => [name, state])).toEqual([
      ["brief", "failed"],
    ]);
    expect(await destroy(context(), "brief")).toBe(true);
  });

  it("asks the API server a few times a second, and ever less often", async () => {
    const counted = new CountingTransport(wayTo(access));
    const waiting = waitingDeploy("patient", "1h", counted);
    const ended = expect(waiting.outcome).rejects.toThrow("patient is being destroyed");
    await waiting.begun;
    await pause(5000);
    expect(await counted.perSecond(15)).toBeLessThan(4);
    expect(await destroy(context(), "patient")).toBe(true);
    await ended;
  });
});

describe("20 requests in line", () => {
  it("ask the API server a few times a second together, and each ends at once when it is stopped", async () => {
    const counted = new CountingTransport(wayTo(access));
    await slotsOf({ client, pool: line }).take(tenancy("holder"), TAKE_ARGS);
    const stop = new AbortController();
    const names = Array.from({ length: 20 }, (_, i) => `waiting-${i}`);
    const args = {
      request: { ttlSeconds: 60 },
      waitSeconds: 600,
      onlyExisting: false,
      signal: stop.signal,
    };
    const own = { ...context(new ApiClient(access, counted)), pool: line };
    const outcomes = names.map((name) =>
      expect(acquire(own, args, tenancy(name))).rejects.toThrow("stopped"),
    );
    const queue = queueOf({ client, pool: line });
    const joined = async () => (await queue.tickets()).length === names.length;
    await until(joined, { what: "all to wait", limitSeconds: 30 });
    expect(await counted.perSecond(20)).toBeLessThan(8);
    const hasty = acquire(own, { ...args, waitSeconds: 0 }, tenancy("hasty"));
    await within(10, expect(hasty).rejects.toThrow(/Every slot is taken. 20 wait before it. Held: holder/));
    // All are still known to wait.
    expect(await queue.living()).toHaveLength(names.length);
    stop.abort(new Error("stopped"));
    await within(10, Promise.all(outcomes));
    expect(await queue.tickets()).toEqual([]);
  });

  it("wait for no dead one longer than it takes to see that it is dead", async () => {
    for (const held of await slotsOf({ client, pool: line }).held())
      await slotsOf({ client, pool: line }).release(held);
    await queueOf({ client, pool: line }).join("dead");
    const args = { request: { ttlSeconds: 60 }, waitSeconds: 0, onlyExisting: false };
    const held = await within(60, acquire({ ...context(), pool: line }, args, tenancy("living")));
    expect(held.name).toBe("living");
  });
});

/** Counts what is sent. */
class CountingTransport extends Transport {
  #sent = 0;

  override send(...args: Parameters<Transport["send"]>): ReturnType<Transport["send"]> {
    this.#sent += 1;
    return super.send(...args);
  }

  /** How many requests are sent in a second, over some seconds. */
  async perSecond(seconds: number): Promise<number> {
    const before = this.#sent;
    await pause(seconds * 1000);
    return (this.#sent - before) / seconds;
  }
}

/** Makes a claim that nothing ever binds. */
const ENGINE: Engine = {
  name: "apply",
  up: async ({ name, settings }) => {
    const [namespace] = namespacesOf(name);
    await client.create({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "never", namespace, labels: { "packit.dev/stack": settings.stack } },
      spec: {
        accessModes: ["ReadWriteOnce"],
        storageClassName: "none",
        resources: { requests: { storage: "1Mi" } },
      },
    });
  },
  forget: async () => {},
};

function context(own = client, report: Context["report"] = () => {}): Context {
  return {
    root: ROOT,
    pool,
    client: own,
    github: new GitHub({ baseUrl: github.url }),
    engine: ENGINE,
    program: BARE,
    report,
  };
}

/** A deploy that goes on for as long as it is let, and when it begins to wait. */
function waitingDeploy(name: string, ttl = "1h", transport = new Transport(wayTo(access))) {
  const references = ["packit-service=614"];
  const words = { references, base: "stage", with: [], without: LEFT_OUT, images: [] };
  const request = readRequest({ ...words, name, ttl }, pool);
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const report = (message: string) => {
    if (message.startsWith("1 left")) resolve();
  };
  const builder = { build: async () => ({}) };
  const args = { request, builder, waitSeconds: 0, limitSeconds: 600, onlyExisting: false };
  return { begun, outcome: deploy(context(new ApiClient(access, transport), report), args) };
}

async function within<T>(seconds: number, outcome: Promise<T>): Promise<T> {
  const late = pause(seconds * 1000).then(() => Promise.reject(new Error(`not within ${seconds} s`)));
  late.catch(() => {});
  return Promise.race([outcome, late]);
}
