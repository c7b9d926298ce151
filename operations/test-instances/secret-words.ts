import { createHmac } from "node:crypto";
import { CATALOGUE, SECRET_NAMES, type SecretName } from "../../components/catalogue.ts";
import type { Settings } from "../../components/settings.ts";
import { UserError } from "../../errors.ts";
import { generatedFrom } from "../../render/generated.ts";
import { describe, type KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf } from "../../settings/test-instance.ts";

/**
 * What the program computes from a secret, which so must be itself there: a password of the instance's own, which opens
 * its list of tasks alone.
 */
const COMPUTED: readonly string[] = ["flowerPassword"] satisfies readonly SecretName[];

/** How many characters of secrets may be put into one value: as many as a Kubernetes Secret may hold. */
const LONGEST = 2 ** 20;

/**
 * Words that stand for an instance's secrets while a program of somebody else's is evaluated, which so learns none of
 * them. A word changes with its value, so that a digest of it does, too, and tells nothing of it to who lacks the seed.
 */
export class SecretWords {
  /** What the program is told of each secret: by its name, or by the host of its forge. */
  readonly told: Readonly<Record<string, string>>;
  /** The secrets as its configuration has them. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly #name: string;
  /** The values, by the words that stand for them. */
  readonly #values: ReadonlyMap<string, string>;

  constructor(name: string, { stack, secrets }: Settings, seed: string) {
    const { forgeTokens, ...named } = secrets;
    const values = new Map<string, string>();
    const wordFor = (key: string, value: string) => {
      if (COMPUTED.includes(key)) return value;
      const digest = createHmac("sha256", seed).update([stack, "word", key, value].join("\0")).digest("hex");
      // In braces, it is quoted wherever a text must be.
      const word = `{{ secret-${digest.slice(0, 32)} }}`;
      values.set(word, value);
      return word;
    };
    const generate = generatedFrom(seed, stack);
    const made = (key: SecretName) => {
      const type = CATALOGUE[key].form === "uuid" ? "random:index/randomUuid:RandomUuid" : "random";
      return generate({ type, name: `secret-${key}` });
    };
    const all = SECRET_NAMES.flatMap((key) => {
      const value = named[key]?.reveal() ?? (CATALOGUE[key].needed === "generated" ? made(key) : undefined);
      return value === undefined ? [] : [[key, wordFor(key, value)] as const];
    });
    const tokens = Object.entries(forgeTokens).map(
      ([host, token]) => [host, wordFor(host, token.reveal())] as const,
    );
    const told = Object.fromEntries(all);
    const leftOut = SECRET_NAMES.filter((key) => !(key in told) && CATALOGUE[key].needed === "optional");
    this.told = { ...told, ...Object.fromEntries(tokens) };
    this.config = {
      ...Object.fromEntries(leftOut.map((key) => [key, { leftOut: "it was not given" }])),
      ...told,
      forgeTokens: Object.fromEntries(tokens),
    };
    this.#name = name;
    this.#values = values;
  }

  /** The objects with each value in the place of its word. A word anywhere but in a Secret of the instance's own namespace is a UserError. */
  fill(objects: readonly KubernetesObject[]): KubernetesObject[] {
    const [own] = namespacesOf(this.#name);
    const isOwn = ({ kind, apiVersion, metadata }: KubernetesObject) =>
      kind === "Secret" && apiVersion === "v1" && metadata.namespace === own;
    const wrong = objects.filter((object) => this.#isIn(isOwn(object) ? { ...object, ...NO_DATA } : object));
    if (wrong.length > 0)
      throw new UserError(
        `it puts secrets where they may not be: ${wrong.map(describe).join(", ")}. They may be in the data of Secrets in ${own}.`,
      );
    return objects.map((object) => (isOwn(object) ? this.#filled(object) : object));
  }

  #isIn(object: object): boolean {
    const text = JSON.stringify(object);
    return [...this.#values.keys()].some((word) => text.includes(word.slice(3, -3)));
  }

  #filled(object: KubernetesObject): KubernetesObject {
    const each = (values: unknown, change: (value: string) => string) =>
      values === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(values as object).map(([key, value]) => [key, change(String(value))]),
          );
    const data = each(
      object.data,
      (value) =>
        // What is bytes is base64 already, and its word stands there as it is.
        this.#values.get(value) ??
        encoded(this.#inText(bytesOf(value, "base64"), (one) => bytesOf(one, "utf8"))),
    );
    const stringData = each(object.stringData, (value) => this.#inText(value, (one) => one));
    return { ...object, ...(data && { data }), ...(stringData && { stringData }) };
  }

  #inText(text: string, as: (value: string) => string): string {
    let filled = text;
    for (const [word, plain] of this.#values) {
      const value = as(plain);
      if (filled.length + filled.split(word).length * value.length > LONGEST)
        throw new UserError("it repeats secrets");
      // A value that stands alone in quotes is quoted as it needs.
      const quoted = as(JSON.stringify(plain));
      filled = filled.replaceAll(`"${word}"`, () => quoted).replaceAll(word, () => value);
    }
    return filled;
  }
}

const NO_DATA = { data: undefined, stringData: undefined };

/** A text each of whose characters stands for a byte: what is around a secret may be no text. */
function bytesOf(text: string, encoding: "base64" | "utf8"): string {
  return Buffer.from(text, encoding).toString("latin1");
}

function encoded(text: string): string {
  return Buffer.from(text, "latin1").toString("base64");
}
