import { loadSettings } from "../settings/load.ts";
import { REDACTED } from "../settings/sensitive.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { evaluate } from "./evaluate.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** A stack's objects with every secret replaced; it needs no cluster, no engine and no secrets. */
export async function redactedObjects(root: string, stack: string): Promise<KubernetesObject[]> {
  const settings = loadSettings(readStackFile(root, stack), { kind: "redacted" });
  return evaluate(settings, { generate: () => REDACTED, secrets: { replaceBy: REDACTED } });
}
