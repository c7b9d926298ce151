import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { STACK_LABEL } from "../../platform/site.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { tenancy } from "../support/tenancy.ts";
import { PATHS } from "./control-plane.ts";

const NAME = "ended";
const [OWN, SANDBOX] = namespacesOf(NAME).map(
  (name): KubernetesObject => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { [STACK_LABEL]: stackOf(NAME) } },
  }),
);
const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "destruction-pool" });
const poolNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } };

let github: FakeGitHub;
let events: string[];

beforeAll(() => applyOne(client, poolNamespace));
beforeEach(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#614", {});
  events = [];
});
afterEach(() => github.stop());
afterAll(() => client.delete(poolNamespace));

describe("the destruction of an instance that is being deployed", { timeout: 90_000 }, () => {
  it("waits until its deploy has ended what it had begun, and leaves nothing of it", async () => {
    const begun = Promise.withResolvers<void>();
    const slow = engine(async (signal) => {
      await applyOne(client, OWN ?? poolNamespace);
      begun.resolve();
      const isAsked = async () => signal.aborted && (await held())?.answer === "stopping";
      await until(isAsked, { what: "the deploy to be asked to stop", limitSeconds: 30 });
      // As Pulumi's engine, which ends the steps that it has begun.
      await applyOne(client, SANDBOX ?? poolNamespace);
      events.push((await client.read(OWN ?? poolNamespace)) === undefined ? "removed too early" : "ended");
      signal.throwIfAborted();
    });
    const deployed = expect(up(slow)).rejects.toThrow("The slot of ended was changed by somebody else");
    await begun.promise;
    // Whoever asks twice waits as well.
    const both = await Promise.allSettled([1, 2].map(() => destroy(context(slow), NAME)));
    await deployed;
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    expect(events[0]).toBe("ended");
    expect(events).toContain("forgotten");
    for (const one of [OWN, SANDBOX]) expect(await client.read(one ?? poolNamespace)).toBeUndefined();
    expect(await held()).toBeUndefined();
  });

  it("goes on where whoever deployed it is dead, and where the engine cannot let go says so once all is gone", async () => {
    const made = await slotsOf(context(engine(async () => {}))).take(tenancy(NAME), {
      ttlSeconds: 3600,
      budget: { cpu: 9, memory: 9 },
    });
    expect(made).toMatchObject({ state: "deploying" });
    await applyOne(client, OWN ?? poolNamespace);
    const broken = engine(async () => {});
    broken.forget = () => Promise.reject(new EnvironmentError("not logged in"));
    await expect(destroy(context(broken), NAME)).rejects.toThrow("not logged in");
    expect(await client.read(OWN ?? poolNamespace)).toBeUndefined();
    expect((await held())?.state).toBe("destroying");
    expect(await destroy(context(engine(async () => {})), NAME)).toBe(true);
    expect(await held()).toBeUndefined();
  });
});

function engine(work: (signal: AbortSignal) => Promise<void>): Engine {
  return {
    name: "apply",
    up: (_, __, signal) => work(signal),
    forget: async () => void events.push("forgotten"),
  };
}

function context(own: Engine): Context {
  const api = new GitHub({ baseUrl: github.url });
  return { root: ROOT, pool, client, github: api, engine: own, report: () => {} };
}

function up(own: Engine) {
  const words = {
    references: ["packit-service=614"],
    base: "stage",
    name: NAME,
    with: [],
    without: [],
    images: [],
  };
  const builder = { build: async () => ({}) };
  const request = readRequest({ ...words, images: IMAGES }, pool);
  return deploy(context(own), { request, builder, waitSeconds: 0, limitSeconds: 5, onlyExisting: false });
}

const IMAGES = ["service", "worker"].map((name) => `${name}=quay.io/x/y@sha256:${"0".repeat(64)}`);

async function held() {
  return (await slotsOf({ client, pool }).held()).find(({ name }) => name === NAME);
}
