import { stringify } from "yaml";
import { CATALOGUE, type SecretName } from "../components/catalogue.ts";
import { FLOWER_USER } from "../components/flower/settings.ts";
import type { Settings } from "../components/settings.ts";
import { loadSettings } from "../settings/load.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { evaluate } from "./evaluate.ts";
import type { NamedText } from "./folder.ts";
import { Placeholders, type Template, type TemplateName } from "./jinja.ts";
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

/** What the program computes from a secret, as Ansible does it: the same cost, and a salt that stays the same. */
const COMPUTED: Readonly<Record<string, Template>> = {
  "flower-htpasswd/htpasswd": {
    text: `${FLOWER_USER}:{{ flowerPassword | password_hash('bcrypt', rounds=5, salt=(flowerPassword | hash('sha256'))[:21] ~ 'u') }}\n`,
    names: [{ name: "flowerPassword" }],
  },
};

/** The annotations by which OpenShift changes images, which whoever applies a folder again would change back. */
const FOLLOWING = ["image.openshift.io/triggers", "pulumi.com/patchForce"];

/** A stack's objects without its Secrets, and what those must hold. */
export async function references(root: string, stack: string): Promise<References> {
  const config = readStackFile(root, stack);
  const placeholders = new Placeholders(config.values);
  const settings = loadSettings(config, { kind: "named", as: (path) => placeholders.of(path) });
  const objects = await evaluate(settings, { generate: ({ name }) => name, secrets: { keep: true } });
  return {
    objects: objects.filter((object) => !isSecret(object)).map(withoutFollowing),
    secrets: objects.filter(isSecret).map((object) => reference(settings, placeholders, object)),
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

/** Whether it holds what somebody must put there: a token of an account is the cluster's own to put in. */
function isSecret(object: KubernetesObject): object is Secret {
  return object.kind === "Secret" && object.type !== "kubernetes.io/service-account-token";
}

function withoutFollowing(object: KubernetesObject): KubernetesObject {
  const { annotations, ...metadata } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter(([key]) => !FOLLOWING.includes(key));
  return {
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
  };
}

function reference(
  settings: Settings,
  placeholders: Placeholders,
  { metadata, type, data }: Secret,
): SecretReference {
  const keys = Object.entries(data).map(([key, value]): KeyReference => {
    // Bytes are handed over as base64, and so the expression as it is.
    const isBase64 = placeholders.begins(value);
    const content = isBase64 ? value : Buffer.from(value, "base64").toString();
    const { text, names } = COMPUTED[`${metadata.name}/${key}`] ?? placeholders.template(content);
    return { key, template: text, isBase64, values: valuesOf(settings, names) };
  });
  return { name: metadata.name, namespace: metadata.namespace ?? "", type, keys };
}

function valuesOf({ secretRecords, owner }: Settings, names: readonly TemplateName[]): ValueReference[] {
  const found = names.map(({ name, host }) => {
    const record = secretRecords[host ?? name];
    const purpose =
      host === undefined ? CATALOGUE[name as SecretName].purpose : `the account's token at ${host}`;
    const variable = host === undefined ? name : `${name}['${host}']`;
    return { name: variable, purpose: record?.purpose ?? purpose, owner: record?.owner ?? owner };
  });
  return found.filter(({ name }, i) => found.findIndex((other) => other.name === name) === i);
}
