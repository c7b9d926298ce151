import type { Settings } from "../../components/settings.ts";
import { evaluate } from "../../render/evaluate.ts";
import { generatedFrom } from "../../render/generated.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { StackConfig } from "../../settings/stack-file.ts";

/** What turns a configuration into objects: this project, or a pull request of it. */
export interface Program {
  /** The folder that it is in, with its stack files. */
  readonly root: string;
  /** Whether it is somebody else's code, which nobody has looked at. */
  readonly isForeign: boolean;
  /** The objects that it declares; of one that cannot be evaluated a UserError. */
  objects(evaluation: Evaluation): Promise<KubernetesObject[]>;
}

export interface Evaluation {
  /** The instance's name. */
  readonly name: string;
  /** Its configuration, from the program's own stack files; its secrets are those of `settings`. */
  readonly config: StackConfig;
  /** The same as this project reads it, with its secrets. */
  readonly settings: Settings;
  /** What its generated secrets are derived from. */
  readonly seed: string;
}

/** This project's own. */
export function ownProgram(root: string): Program {
  return {
    root,
    isForeign: false,
    objects: ({ settings, seed }) =>
      evaluate(settings, { generate: generatedFrom(seed, settings.stack), secrets: { keep: true } }),
  };
}
