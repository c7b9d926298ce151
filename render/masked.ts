import { createHash } from "node:crypto";
import { loadSettings } from "../settings/load.ts";
import type { Path } from "../settings/path.ts";
import { readStackFile, type StackConfig } from "../settings/stack-file.ts";
import { isMap } from "../system/is-map.ts";
import { declaration } from "./evaluate.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";
import { withOptions } from "./pulumi-options.ts";
import type { Redacted } from "./redacted.ts";

/** A stack as it is compared: each object with what Pulumi is told of it, under `pulumi`. */
export interface Masked extends Redacted {
  /** What is no Kubernetes object, in the form of one. */
  readonly others: readonly KubernetesObject[];
}

/**
 * A stack's objects with the texts of its Secrets, in which a word stands for each secret: `<secret flowerPassword>`. It
 * needs no cluster, no engine and no secrets. The word changes when a secret is made anew, or given anew in the stack file,
 * and so what is made from it does.
 */
export function masked(root: string, stack: string): Promise<Masked> {
  return maskedOf(readStackFile(root, stack));
}

/** The same of a configuration that has been read. */
export async function maskedOf(config: StackConfig): Promise<Masked> {
  const settings = loadSettings(config, { kind: "named", as: (path) => wordFor(path, config.values) });
  const { objects, others, options } = await declaration(settings, {
    generate: ({ name }) => `<secret ${name}>`,
    secrets: { keep: true },
  });
  const shown = (object: KubernetesObject) => withOptions(withTexts(object), options.get(object));
  return { settings, objects: objects.map(shown), others: others.map(shown) };
}

/**
 * What stands for a secret: of one that is given, with a digest of how it stands in the stack file, encrypted or by the
 * name of a file; of a generated one with its generation.
 */
function wordFor(path: Path, { secrets, generations }: Readonly<Record<string, unknown>>): string {
  const [, name = "", host] = path;
  const whose = host === undefined ? name : `${name} ${host}`;
  const given = valueAt(secrets, path.slice(1));
  if (isMap(given)) return `<secret ${whose} ${digest(JSON.stringify(given))}>`;
  // What somebody has decrypted is not even told by a digest.
  if (given !== undefined) return `<secret ${whose}>`;
  const generation = valueAt(generations, [name]) ?? 1;
  return generation === 1 ? `<secret ${whose}>` : `<secret ${whose}, generation ${generation}>`;
}

function valueAt(map: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, step) => (isMap(at) ? at[step] : undefined), map);
}

/** A Secret as it can be read: `stringData` in place of `data`. */
function withTexts(object: KubernetesObject): KubernetesObject {
  const { data, ...rest } = object;
  if (object.kind !== "Secret" || !isMap(data)) return object;
  const texts = Object.entries(data).map(([key, value]) => [key, textOf(String(value))]);
  return { ...rest, stringData: Object.fromEntries(texts) };
}

/** Of bytes that are no text, the word stands there as it is. */
function textOf(value: string): string {
  if (value.startsWith("<secret ")) return value;
  const text = Buffer.from(value, "base64").toString();
  return text.replaceAll(BCRYPT, (hash) => `<bcrypt ${digest(hash)}>`);
}

/** A hash of a password, be it only of a word. */
const BCRYPT = /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g;

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
