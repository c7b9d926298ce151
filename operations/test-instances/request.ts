import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";
import { inSeconds, lengthOf } from "../../settings/duration.ts";
import { imageReference } from "../../settings/image-reference.ts";
import type { OwnImage } from "../../settings/images.ts";
import { OWN_IMAGES } from "../../settings/images.ts";
import { namespacesOf, PART_NAMES, PARTS, type Part } from "../../settings/test-instance.ts";
import type { Pool } from "../../settings/test-pool.ts";
import { nearest } from "../../settings/violation.ts";
import { nameOf, parseReferences, type Reference, showReference } from "./reference.ts";

/** What somebody asked for, understood. */
export interface Request {
  readonly name: string;
  readonly references: readonly Reference[];
  readonly base: "stage" | "prod";
  readonly ttlSeconds: number;
  readonly parts: Readonly<Record<Part, boolean>>;
  /** Images that are there already, and are not built. */
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
}

export interface RequestWords {
  readonly references: readonly string[];
  readonly base: string;
  readonly name?: string | undefined;
  readonly ttl?: string | undefined;
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly images: readonly string[];
}

/** The longest name: with it, the namespaces' names and the hosts' first labels are short enough. */
const NAME_LENGTH = 36;

/** Reads a request; throws a UserError of one line for the first thing that is wrong with it. */
export function readRequest(words: RequestWords, pool: Pool): Request {
  const references = parseReferences(words.references);
  if (words.base !== "stage" && words.base !== "prod")
    throw new UserError(`--base is "${words.base}". It takes stage or prod.`);
  return {
    references,
    base: words.base,
    name: checkedName(words.name ?? defaultName(references), pool),
    ttlSeconds: ttl(words.ttl ?? pool.ttl.default, pool),
    parts: parts(words, references),
    images: Object.fromEntries(words.images.map(image)),
  };
}

/** The words after /packit- that stage's commands and Fedora CI's start with. */
const TAKEN_NAMES = /^(stg$|ci)/;

/** What the names of an instance's own namespaces and hosts end with, and by which Packit knows stage's commands. */
const TAKEN_ENDS = ["-sandbox", "-builds", "-dashboard", "-workers", "-stg"];

/** A name that says what is on test; the same for the same references. */
function defaultName(references: readonly Reference[]): string {
  const name = references.map(nameOf).join("-").replaceAll(/-+$/g, "");
  if (name.length <= NAME_LENGTH) return name;
  const hash = createHash("sha256").update(references.map(showReference).join()).digest("hex").slice(0, 6);
  return `${name.slice(0, NAME_LENGTH - 7).replace(/-+$/, "")}-${hash}`;
}

export function checkedName(name: string, { namespace }: Pick<Pool, "namespace">): string {
  const isLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= NAME_LENGTH;
  if (TAKEN_NAMES.test(name))
    throw new UserError(
      `The name "${name}" does not do: /packit-${name} starts others' commands. Give another --name.`,
    );
  if (namespacesOf(name).includes(namespace))
    throw new UserError(
      `The name "${name}" does not do: ${namespace} is the pool's own namespace. Give another --name.`,
    );
  const end = TAKEN_ENDS.find((one) => name.endsWith(one));
  if (isLabel && end === undefined) return name;
  const why = end === undefined ? "no dash at either end" : `${end} not at the end`;
  throw new UserError(
    `The name "${name}" does not do: lower-case letters, digits and dashes, at most ${NAME_LENGTH}, ${why}. Give another --name.`,
  );
}

/** Seconds from `--ttl`, at most as many as the pool allows. */
function ttl(text: string, { ttl: { max } }: Pick<Pool, "ttl">): number {
  const seconds = lengthOf("--ttl", text);
  if (seconds <= inSeconds(max)) return seconds;
  throw new UserError(`${text} is longer than an instance may live, ${max} (packit:testInstances.ttl.max).`);
}

function parts(words: RequestWords, references: readonly Reference[]): Record<Part, boolean> {
  const wanted = words.with.map((name) => part("--with", name));
  const unwanted = words.without.map((name) => part("--without", name));
  const both = wanted.find((name) => unwanted.includes(name));
  if (both) throw new UserError(`--with and --without both name ${both}.`);
  const onTest = references.map(({ repository }) => repository as string);
  const isThere = (name: Part) => wanted.includes(name) || onTest.includes(name) || PARTS[name].usual;
  const entries = PART_NAMES.map((name) => [name, isThere(name) && !unwanted.includes(name)]);
  // Every part has its entry.
  return Object.fromEntries(entries) as Record<Part, boolean>;
}

function part(option: string, name: string): Part {
  const known = PART_NAMES.find((one) => one === name);
  if (known) return known;
  const meant = nearest(name, PART_NAMES);
  throw new UserError(
    `${option} ${name} is no part that an instance can do without. ${meant ? `Did you mean ${meant}?` : `Parts: ${PART_NAMES.join(", ")}.`}`,
  );
}

function image(word: string): [OwnImage, string] {
  const [, name, reference = ""] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
  const names = Object.keys(OWN_IMAGES) as OwnImage[];
  const known = names.find((one) => one === name);
  if (known === undefined || !imageReference.safeParse(reference).success)
    throw new UserError(
      `--image "${word}" takes NAME=REFERENCE with a tag or digest; names are ${names.join(", ")}.`,
    );
  return [known, reference];
}
