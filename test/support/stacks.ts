import { join } from "node:path";
import type { Settings } from "../../components/settings.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { evaluate } from "../../render/evaluate.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile, type StackConfig } from "../../settings/stack-file.ts";
import type { Anything } from "./anything.ts";
import { markedSecrets } from "./marks.ts";

/** The project's folder. */
export const ROOT = join(import.meta.dirname, "../..");

/** Values to put into a stack's configuration: maps are merged, everything else is replaced. */
export type Changes = Readonly<Record<string, unknown>>;

/** The configuration of one of the project's own stacks, with changes, and marked secrets in place of real ones. */
export function configOf(stack: string, changes: Changes = {}): StackConfig {
  const { values } = readStackFile(ROOT, stack);
  const merged = merge({ ...values, secrets: secretsFor(values) }, changes) as Changes;
  return { stack, values: { ...storageClassFor(changes), ...merged } };
}

/** The class of a stack that is moved to another platform, where sandboxes must be told one: the local control plane's. */
function storageClassFor({ platform = "managed-platform", ...changes }: Changes): Changes {
  return platform === "managed-platform" || "storageClass" in changes ? {} : { storageClass: STORAGE_CLASS };
}

/** Marked secrets for all that a stack asks for: Fedora CI has no use for some. */
function secretsFor({ role, secrets = {} }: Changes): unknown {
  const all = markedSecrets();
  if (role !== "fedora-ci") return merge(all, secrets);
  const foreign = { githubAppId: undefined, githubAppPrivateKey: undefined, copr: undefined };
  return merge(merge(all, { ...foreign, forgeTokens: { "gitlab.com": undefined } }), secrets);
}

export function settingsOf(stack: string, changes: Changes = {}): Settings {
  return loadSettings(configOf(stack, changes), { kind: "given", root: ROOT });
}

/** A stack's objects, with generated values that name their resource; evaluated once, and to be left as they are. */
export function objectsOf(stack: string, changes: Changes = {}): Promise<KubernetesObject[]> {
  // JSON would take a key that is to be left out for one that is not changed.
  const key = JSON.stringify([stack, changes], (_, value) => (value === undefined ? "undefined" : value));
  const known =
    evaluated.get(key) ?? evaluate(settingsOf(stack, changes), { generate, secrets: { keep: true } });
  evaluated.set(key, known);
  return known;
}

const evaluated = new Map<string, Promise<KubernetesObject[]>>();
const generate = ({ name }: { name: string }) => `generated-${name}`;

/** The one object of a kind and name. */
export function find(objects: readonly KubernetesObject[], kind: string, name: string): Anything {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  if (found.length !== 1) throw new Error(`${found.length} objects ${kind} ${name}`);
  return found[0];
}

/** The pod template of every workload that runs all the time, by the workload's name. */
export function templates(objects: readonly KubernetesObject[]): Map<string, Anything> {
  return new Map([...allTemplates(objects)].filter(([, { spec }]) => spec.restartPolicy === undefined));
}

/** The pod template of every workload and every job, by its name. */
export function allTemplates(objects: readonly KubernetesObject[]): Map<string, Anything> {
  const found = objects.flatMap((object) => {
    const { spec } = object as Anything;
    const template = object.kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template;
    return template === undefined ? [] : [[object.metadata.name, template] as const];
  });
  return new Map(found);
}

/** Two values as one: maps are merged, `undefined` takes a key away, everything else is replaced. */
export function merge(base: unknown, changes: unknown): unknown {
  if (!isMap(base) || !isMap(changes)) return changes;
  const merged = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) delete merged[key];
    else merged[key] = key in base ? merge(base[key], value) : value;
  }
  return merged;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
