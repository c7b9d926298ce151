import type { ApiClient } from "../../cluster/api-client.ts";
import { appliedObjects, applyStack, removeStack } from "../../cluster/apply.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import type { Settings } from "../../components/settings.ts";
import { localClient } from "../../local/up.ts";
import { evaluate } from "../../render/evaluate.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { loadSettings } from "../../settings/load.ts";
import type { StackConfig } from "../../settings/stack-file.ts";
import type { Anything } from "../support/anything.ts";
import { type Changes, configOf, ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

/** The project's own stacks. */
export type Base = "stage" | "prod" | "fedora-ci" | "fedora-ci-stage";

/** Settings that leave out every part which a stack can do without, for tests that are not about parts. */
export const FEW_PARTS: Changes = {
  withBackup: false,
  withBeat: false,
  withDashboard: false,
  withFedmsg: false,
  withFlower: false,
  withPushgateway: false,
};

/** A stack of a test's own on the shared control plane: the settings of a real one in namespaces of its name. */
export class TestStack {
  readonly client: ApiClient = localClient(PATHS);
  readonly namespace: string;
  readonly sandboxNamespace: string;
  readonly #name: string;
  readonly #base: Base;
  readonly #evaluated = new Map<string, Promise<KubernetesObject[]>>();

  constructor(name: string, base: Base = "stage") {
    this.#name = name;
    this.#base = base;
    this.namespace = `packit--${name}`;
    this.sandboxNamespace = `packit--${name}-sandbox`;
  }

  /** Its configuration with some settings changed. */
  config(changes: Changes = {}): StackConfig {
    const own = { namespace: this.namespace, platform: "openshift", ...changes };
    return { ...configOf(this.#base, own), stack: this.#name };
  }

  /** Its settings with some of them changed. */
  settings(changes: Changes = {}): Settings {
    return loadSettings(this.config(changes), { kind: "given", root: ROOT });
  }

  /** The objects that it declares with some settings changed; evaluated once for the same ones. */
  async objects(changes: Changes = {}): Promise<KubernetesObject[]> {
    const { values } = this.config(changes);
    const key = JSON.stringify(values);
    const generate = ({ name }: { name: string }) => `generated-${name}`;
    const known =
      this.#evaluated.get(key) ?? evaluate(this.settings(changes), { generate, secrets: { keep: true } });
    this.#evaluated.set(key, known);
    return structuredClone(await known);
  }

  /** Applies it with some settings changed, and waits until everything is ready. */
  async up(changes: Changes = {}) {
    const objects = await this.objects(changes);
    const applied = await applyStack(this.client, this.#name, objects);
    await this.ready(objects);
    return applied;
  }

  /** Waits until all of these are ready. */
  ready(objects: readonly KubernetesObject[]): Promise<void> {
    return waitUntilReady(this.client, { objects, limitSeconds: 40 });
  }

  /** Removes all that was applied. */
  async down(): Promise<void> {
    await removeStack(this.client, this.#name);
  }

  /** What was applied of it, as it is now. */
  applied(): Promise<KubernetesObject[]> {
    return appliedObjects(this.client, this.#name);
  }

  /** Objects of one kind in its namespace, by name. */
  async list(
    kind: string,
    { apiVersion = "v1", namespace = this.namespace } = {},
  ): Promise<Map<string, Anything>> {
    const objects = await this.client.list({ apiVersion, kind }, { namespace });
    return new Map(objects.map((object) => [object.metadata.name, object]));
  }
}

const AMOUNTS = { cpu: "1m", memory: "1Mi" };
const LITTLE = { requests: AMOUNTS, limits: AMOUNTS };

/** A pod that does nothing and takes next to nothing, within Pod Security's `restricted`. */
export function modestPod(namespace: string, name: string, spec: object = {}): KubernetesObject {
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
  const containers = [{ name: "main", image: "example.com/nothing:1", securityContext, resources: LITTLE }];
  const own = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } };
  return barePod(namespace, name, { containers, securityContext: own, ...spec });
}

/** A pod that does nothing, and says nothing of its security. */
export function barePod(namespace: string, name: string, spec: object = {}): KubernetesObject {
  const containers = [{ name: "main", image: "example.com/nothing:1" }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec: { containers, ...spec } };
}
