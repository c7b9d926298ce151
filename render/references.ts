import { stringify } from "yaml";
import { loadSettings, type Settings } from "../settings/load.ts";
import { CATALOGUE, type SecretName } from "../settings/secret-catalogue.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { evaluate } from "./evaluate.ts";
import type { NamedText } from "./folder.ts";
import type { KubernetesObject } from "./kubernetes-object.ts";

/** A stack's objects for somebody else's playbook, which makes the Secrets itself. */
export interface References {
  readonly objects: readonly KubernetesObject[];
  /** The Secrets that the objects read, and that are not among them. */
  readonly secrets: readonly SecretReference[];
  readonly warnings: readonly string[];
}

/** A Secret that somebody else makes. */
export interface SecretReference {
  readonly name: string;
  readonly namespace: string;
  readonly type: string;
  readonly keys: readonly KeyReference[];
}

/** A key of a Secret: what stands in it, with a Jinja expression for each value that only its owner knows. */
export interface KeyReference {
  readonly key: string;
  readonly template: string;
  /** Whether what the template gives is base64 already, as a Secret's `data` holds it. */
  readonly isBase64: boolean;
  readonly values: readonly ValueReference[];
}

/** A value that only its owner knows. */
export interface ValueReference {
  /** The name under `packit:secrets`, which is the Jinja variable too. */
  readonly name: string;
  readonly purpose: string;
  readonly owner: string;
}

/** What a program computes from a secret is written down as the Ansible filter that computes the same. */
const COMPUTED: Readonly<Record<string, string>> = {
  "flower-htpasswd/htpasswd": "flower-boss:{{ flowerPassword | password_hash('bcrypt') }}\n",
};

const EXPRESSION = /\{\{ (forgeTokens\['([^']+)'\]|\w+)/g;

/** A stack's objects without its Secrets, and what those must hold. */
export async function references(root: string, stack: string): Promise<References> {
  const settings = loadSettings(readStackFile(root, stack), { kind: "named", as: expression });
  const objects = await evaluate(settings, { generate: ({ name }) => name, secrets: { keep: true } });
  return {
    objects: objects.filter((object) => !isSecret(object)),
    secrets: objects.filter(isSecret).map((object) => reference(settings, object)),
    warnings: settings.warnings,
  };
}

/** The list of Secrets, and a file for what stands in each key. */
export function secretFiles(secrets: readonly SecretReference[]): readonly NamedText[] {
  const list = secrets.map(({ keys, ...secret }) => ({
    ...secret,
    keys: keys.map(({ key, isBase64, values }) => ({
      key,
      template: templateName(secret, key),
      ...(isBase64 && { encoding: "base64" }),
      values,
    })),
  }));
  const templates = secrets.flatMap((secret) =>
    secret.keys.map(({ key, template }): NamedText => [`${FOLDER}/${templateName(secret, key)}`, template]),
  );
  return [[`${FOLDER}/index.yaml`, stringify(list, { lineWidth: 0 })], ...templates];
}

/** The folder of the list and the templates: below that of the objects, so that whoever applies those passes it by. */
const FOLDER = "secrets";

function templateName({ name }: { readonly name: string }, key: string): string {
  return `${name}.${key}.j2`;
}

interface Secret extends KubernetesObject {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

function isSecret(object: KubernetesObject): object is Secret {
  return object.kind === "Secret";
}

function expression(path: readonly (string | number)[]): string {
  const [, first, second] = path;
  return second === undefined ? `{{ ${first} }}` : `{{ ${first}['${second}'] }}`;
}

function reference(settings: Settings, { metadata, type, data }: Secret): SecretReference {
  const keys = Object.entries(data).map(([key, value]): KeyReference => {
    // Bytes are handed over as base64, and so the expression as it is.
    const isBase64 = value.startsWith("{{");
    const text = isBase64 ? value : Buffer.from(value, "base64").toString();
    const template = COMPUTED[`${metadata.name}/${key}`] ?? text;
    return { key, template, isBase64, values: valuesOf(settings, template) };
  });
  return { name: metadata.name, namespace: metadata.namespace ?? "", type, keys };
}

function valuesOf({ secretRecords, owner }: Settings, template: string): ValueReference[] {
  const found = [...template.matchAll(EXPRESSION)].map(([, name = "", host]) => {
    const record = secretRecords[host ?? name];
    const purpose =
      host === undefined ? CATALOGUE[name as SecretName].purpose : `the account's token at ${host}`;
    return { name, purpose: record?.purpose ?? purpose, owner: record?.owner ?? owner };
  });
  return found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i);
}
