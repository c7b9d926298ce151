import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import type { Builder } from "../../operations/test-instances/builder.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { leftOfDeploy } from "../../operations/test-instances/left.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { STACK_LABEL } from "../../platform/site.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

const NAME = "empty";
const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "give-back-pool" });
const poolNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } };

let github: FakeGitHub;
let said: string[];

beforeAll(() => applyOne(client, poolNamespace));
beforeEach(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#614", {});
  said = [];
});
afterEach(async () => {
  await destroy(context(engine(async () => {})), NAME);
  await github.stop();
});
afterAll(() => client.delete(poolNamespace));

describe("the slot of a deploy that fails", () => {
  it("is given back if nothing was made, and its engine lets go", async () => {
    const forgotten: string[] = [];
    const failing = engine(() => Promise.reject(new EnvironmentError("not logged in")), forgotten);
    await expect(up(failing)).rejects.toThrow("not logged in");
    expect(await state()).toBeUndefined();
    expect(said).toContainEqual(expect.stringMatching(/^slot \d is given back: nothing was made$/));
    expect(forgotten).toEqual([NAME]);
    expect(await leftOfDeploy(context(failing), NAME)).toContain("has no slot");
  });

  it("is given back if it is stopped before anything was made", async () => {
    const stop = new AbortController();
    const waiting = engine(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          stop.abort(new UserError("Stopped by SIGINT."));
        }),
    );
    await expect(up(waiting, { signal: stop.signal })).rejects.toThrow("Stopped by SIGINT.");
    expect(await state()).toBeUndefined();
  });

  it("stays if something of it is there", async () => {
    const half = engine(async () => {
      const [name] = namespacesOf(NAME);
      const labels = { [STACK_LABEL]: stackOf(NAME) };
      await applyOne(client, { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
      throw new EnvironmentError("half way");
    });
    await expect(up(half)).rejects.toThrow("half way");
    expect(await state()).toBe("failed");
    expect(await leftOfDeploy(context(half), NAME)).toMatch(/in slot \d until .*destroy empty/);
  });

  it("stays if an image could not be built", async () => {
    const builder: Builder = { build: () => Promise.reject(new EnvironmentError("no image")) };
    await expect(
      up(
        engine(async () => {}),
        { builder },
      ),
    ).rejects.toThrow("no image");
    expect(await state()).toBe("failed");
  });
});

/** An engine that does this, and says whom it forgets. */
function engine(up: (signal: AbortSignal) => Promise<void>, forgotten: string[] = []): Engine {
  return {
    name: "apply",
    up: (_, __, signal) => up(signal),
    forget: async (name) => void forgotten.push(name),
  };
}

function context(own: Engine): Context {
  const api = new GitHub({ baseUrl: github.url });
  return { root: ROOT, pool, client, github: api, engine: own, report: (message) => said.push(message) };
}

const BUILDER: Builder = {
  build: async ({ builds }) =>
    Object.fromEntries(builds.map(({ image }) => [image, `quay.io/x/y@sha256:${"0".repeat(64)}`])),
};

function up(own: Engine, given: { signal?: AbortSignal; builder?: Builder } = {}) {
  const words = {
    references: ["packit-service=614"],
    base: "stage",
    name: NAME,
    with: [],
    without: [],
    images: [],
  };
  const request = readRequest(words, pool);
  const args = { request, builder: BUILDER, waitSeconds: 0, limitSeconds: 5, onlyExisting: false, ...given };
  return deploy(context(own), args);
}

/** What is done with the slot of the instance; nothing if it has none. */
async function state(): Promise<string | undefined> {
  return (await slotsOf({ client, pool }).held()).find(({ name }) => name === NAME)?.state;
}
