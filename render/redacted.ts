import type { Settings } from "../components/settings.ts";
import { REDACTED } from "../schema/secrets/sensitive.ts";
import { loadSettings } from "../settings/load.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { evaluate } from "./evaluate.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** A stack as it is shown. */
export interface Redacted {
  readonly settings: Settings;
  readonly objects: readonly KubernetesObject[];
}

/** A stack's objects with every secret replaced; it needs no cluster, no engine and no secrets. */
export async function redacted(root: string, stack: string): Promise<Redacted> {
  const settings = loadSettings(readStackFile(root, stack), { kind: "redacted" });
  const objects = await evaluate(settings, { generate: () => REDACTED, secrets: { replaceBy: REDACTED } });
  return { settings, objects };
}
