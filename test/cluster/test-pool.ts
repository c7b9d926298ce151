import { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { type DeployArgs, deploy } from "../../operations/test-instances/deploy.ts";
import type { Engine } from "../../operations/test-instances/engine.ts";
import type { Held } from "../../operations/test-instances/lease.ts";
import type { Program } from "../../operations/test-instances/program.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

/** The parts that an instance can do without, where it is not about them. */
export const LEFT_OUT = ["sandbox", "fedmsg", "beat"];

/** Declares next to nothing: who plays the engine makes what there is. */
export const BARE: Program = {
  root: ROOT,
  isForeign: false,
  objects: async ({ name, settings }) => [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "bare",
        namespace: namespacesOf(name)[0],
        labels: { [STACK_LABEL]: settings.stack },
      },
    },
  ],
};

/** Images are there already. */
export const BUILDER: DeployArgs["builder"] = {
  build: async ({ builds }) =>
    Object.fromEntries(builds.map(({ image }) => [image, `quay.io/x/y@sha256:${"0".repeat(64)}`])),
};

/** A pool of a test's own on the shared control plane, for engines that are played, and a GitHub with one pull request. */
export class TestPool {
  readonly client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
  readonly pool: Context["pool"];
  readonly github = new FakeGitHub();
  /** What was reported. */
  readonly said: string[] = [];

  constructor(namespace: string) {
    this.pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace });
    this.github.pulls.set("packit/packit-service#614", {});
  }

  get #namespace() {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name: this.pool.namespace } };
  }

  async start(): Promise<void> {
    await applyOne(this.client, this.#namespace);
    await this.github.start();
  }

  async stop(): Promise<void> {
    await this.github.stop();
    await this.client.delete(this.#namespace);
  }

  context(engine: Engine): Context {
    const { client, pool, said } = this;
    const github = new GitHub({ baseUrl: this.github.url });
    return {
      root: ROOT,
      pool,
      client,
      github,
      engine,
      program: BARE,
      report: (message) => said.push(message),
    };
  }

  /** Deploys an instance of the pull request. */
  deploy(engine: Engine, name: string, given: Partial<DeployArgs> = {}) {
    const references = ["packit-service=614"];
    const words = { references, base: "stage", name, with: [], without: LEFT_OUT, images: [] };
    const request = readRequest(words, this.pool);
    const args = { request, builder: BUILDER, waitSeconds: 0, limitSeconds: 5, onlyExisting: false };
    return deploy(this.context(engine), { ...args, ...given });
  }

  /** The slot of an instance, if it has one. */
  async held(name: string): Promise<Held | undefined> {
    return (await slotsOf(this).held()).find((one) => one.name === name);
  }
}
