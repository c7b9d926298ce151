import type { ApiClient } from "../../cluster/api-client.ts";
import { applyStack } from "../../cluster/apply.ts";
import { generatedFrom } from "../../render/generated.ts";
import type { Settings } from "../../settings/load.ts";
import type { StackConfig } from "../../settings/stack-file.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import type { Program } from "./program.ts";

/** A test instance as an engine brings it up. */
export interface Declared {
  readonly name: string;
  readonly config: StackConfig;
  readonly settings: Settings;
  /** What evaluates it: this project, or the pull request of it that is on test. */
  readonly program: Program;
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

  async up({ name, settings, program }: Declared, report: Report, signal: AbortSignal): Promise<void> {
    const generate = generatedFrom(await this.#seed(), settings.stack);
    const objects = await program.evaluate(settings, { generate, secrets: { keep: true } });
    report(`${objects.length} objects`);
    const [own, sandbox] = namespacesOf(name);
    await applyStack(this.#client, settings.stack, objects, { namespaces: [own, sandbox], signal });
  }

  async forget(): Promise<void> {}
}
