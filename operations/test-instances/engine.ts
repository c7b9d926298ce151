import type { ApiClient } from "../../cluster/api-client.ts";
import { applyStack } from "../../cluster/apply.ts";
import type { Settings } from "../../components/settings.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { StandIns } from "../../settings/secrets/stand-ins.ts";
import type { StackConfig } from "../../settings/stack-file.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";

/** A test instance as an engine brings it up. */
export interface Declared {
  readonly name: string;
  readonly config: StackConfig;
  readonly settings: Settings;
  /** What its secrets that it was not given are made from. */
  readonly standIns: StandIns;
  /**
   * What its program declares, with generated secrets that are derived from a seed. What no instance may have is a
   * UserError.
   */
  objects(seed: string): Promise<readonly KubernetesObject[]>;
}

export type Report = (message: string) => void;

/** What makes, changes and removes the objects of a test instance. Its namespaces' removal is not an engine's. */
export interface Engine {
  readonly name: "apply" | "pulumi";
  up(instance: Declared, report: Report, signal: AbortSignal): Promise<void>;
  /** Lets go of all that the engine itself keeps of an instance; nothing of it being there is no error. */
  forget(name: string, report: Report): Promise<void>;
}

/** Evaluates the program and applies its objects server-side; what it keeps is in the cluster alone. */
export class ApplyEngine implements Engine {
  readonly name = "apply";
  readonly #client: ApiClient;
  readonly #seed: () => Promise<string>;

  /** @param seed The secret from which an instance's generated secrets are derived, so that they stay the same. */
  constructor(client: ApiClient, seed: () => Promise<string>) {
    this.#client = client;
    this.#seed = seed;
  }

  async up(instance: Declared, report: Report, signal: AbortSignal): Promise<void> {
    const { name } = instance;
    const objects = await instance.objects(await this.#seed());
    report(`${objects.length} objects`);
    const [own, sandbox] = namespacesOf(name);
    await applyStack(this.#client, stackOf(name), objects, { namespaces: [own, sandbox], signal });
  }

  async forget(): Promise<void> {}
}
