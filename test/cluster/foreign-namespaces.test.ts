import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import { reap } from "../../operations/test-instances/reap.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "foreign-pool" });

let github: FakeGitHub;
let said: string[];
let asked: string[];

beforeAll(() => client.create(namespace(pool.namespace)));
beforeEach(async () => {
  github = await new FakeGitHub().start();
  github.pulls.set("packit/packit-service#614", {});
  [said, asked] = [[], []];
});
afterEach(() => github.stop());
afterAll(() => client.delete(namespace(pool.namespace)));

const OWNERS = {
  nobody: {},
  "another stack": { [STACK_LABEL]: "stage" },
  "another instance": { [STACK_LABEL]: "test-b" },
};
/** Each by another name: what is deleted is not gone at once. */
const CASES = Object.entries(OWNERS).flatMap(([owner, labels], i) =>
  [0, 1, 2].map((which) => {
    const name = `foreign-${i}${which}`;
    return { name, place: namespacesOf(name)[which] ?? "", owner, labels };
  }),
);

describe("a namespace of an instance's name that is somebody else's", () => {
  it.each(CASES)("$place, of $owner: nothing is made in it, and nobody takes it away", async (one) => {
    const { name, place, labels } = one;
    const made = await client.create(namespace(place, labels));
    try {
      await expect(up(name)).rejects.toThrow(`There is a namespace ${place} that is no test instance's`);
      expect(asked).toEqual([]);
      // Nothing of the instance is there, so that its slot is not kept for it.
      expect(await slotsOf({ client, pool }).held()).toEqual([]);

      expect(await destroy(context(), name, 1)).toBe(false);
      expect(said).toContain(`the namespace ${place} is no test instance's of this pool, and is left alone`);
      // Only said: whatever instances other pools of this cluster have are none of this one's.
      const reaped = await reap(context(), { isDry: true, silenceSeconds: 300 });
      expect(reaped.filter((over) => [name, "b"].includes(over.name))).toEqual([]);
      const { metadata } = (await client.read(made)) ?? {};
      expect(metadata).toMatchObject({ uid: (made.metadata as { uid?: string }).uid });
      expect(metadata).not.toHaveProperty("deletionTimestamp");
    } finally {
      await client.delete(made);
    }
  });
});

/** An engine that is not to be asked for anything. */
const ENGINE: Engine = {
  name: "apply",
  up: async () => void asked.push("up"),
  forget: async () => {},
};

function context(): Context {
  const api = new GitHub({ baseUrl: github.url });
  return { root: ROOT, pool, client, github: api, engine: ENGINE, report: (message) => said.push(message) };
}

function up(name: string) {
  const words = { references: ["packit-service=614"], base: "stage", with: [], without: [], images: [] };
  const request = readRequest({ ...words, name }, pool);
  const builder = { build: async () => ({}) };
  const args = { request, builder, waitSeconds: 0, limitSeconds: 5, onlyExisting: false };
  return deploy(context(), args);
}

function namespace(name: string, labels: Record<string, string> = {}) {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}
