import type { OwnImage } from "../../components/own-images.ts";
import { OWN_IMAGE_NAMES } from "../../components/own-images.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import { inSeconds, lengthOf } from "../../schema/duration.ts";
import { imageReference } from "../../schema/image-reference.ts";
import { allOf, everyMistake } from "../../settings/every-mistake.ts";
import { PART_NAMES, PARTS } from "../../settings/test-instance.ts";
import { nearest } from "../../settings/violation.ts";
import { checkedName, defaultName } from "./name.ts";
import { parseReferences, type Reference } from "./reference.ts";

/** What somebody asked for, understood. */
export interface Request {
  readonly name: string;
  readonly references: readonly Reference[];
  readonly base: "stage" | "prod";
  readonly ttlSeconds: number;
  readonly parts: Readonly<Record<string, boolean>>;
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

/**
 * Reads a request; throws a UserError with a line for each thing that is wrong with it.
 * @param root The folder of the project, whose stacks' names are taken. @default - this one
 */
export function readRequest(words: RequestWords, pool: Pool, root?: string): Request {
  const references = () => parseReferences(words.references);
  return everyMistake({
    references,
    base: () => base(words.base),
    // What is said of wrong references is said once.
    name: () => checkedName(words.name ?? defaultName(references()), pool, root),
    ttlSeconds: () => ttl(words.ttl ?? pool.ttl.default, pool),
    parts: () => parts(words),
    images: () => Object.fromEntries(allOf(words.images, image)),
  });
}

function base(given: string): Request["base"] {
  if (given === "stage" || given === "prod") return given;
  throw new UserError(`--base is "${given}". It takes stage or prod.`);
}

/** Seconds from `--ttl`, at most as many as the pool allows. */
function ttl(text: string, { ttl: { max } }: Pick<Pool, "ttl">): number {
  const seconds = lengthOf("--ttl", text);
  if (seconds <= inSeconds(max)) return seconds;
  throw new UserError(`${text} is longer than an instance may live, ${max} (packit:testInstances.ttl.max).`);
}

function parts(words: RequestWords): Record<string, boolean> {
  const named = everyMistake({
    with: () => allOf(words.with, (name) => part("--with", name)),
    without: () => allOf(words.without, (name) => part("--without", name)),
  });
  const both = named.with.find((name) => named.without.includes(name));
  if (both) throw new UserError(`--with and --without both name ${both}.`);
  // A part that is on test is there; what else is on test is no part's name.
  const onTest = words.references.map((word) => word.split("=")[0]?.replace(/^packit\//, ""));
  const isThere = (name: string) =>
    named.with.includes(name) || onTest.includes(name) || PARTS[name]?.isUsual === true;
  const entries = PART_NAMES.map((name) => [name, isThere(name) && !named.without.includes(name)]);
  return Object.fromEntries(entries);
}

function part(option: string, name: string): string {
  const known = PART_NAMES.find((one) => one === name);
  if (known) return known;
  const meant = nearest(name, PART_NAMES);
  throw new UserError(
    `${option} ${name} is no part that an instance can do without. ${meant ? `Did you mean ${meant}?` : `Parts: ${PART_NAMES.join(", ")}.`}`,
  );
}

function image(word: string): [OwnImage, string] {
  const [, name, reference = ""] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
  const names = OWN_IMAGE_NAMES;
  const known = names.find((one) => one === name);
  if (known === undefined || !imageReference.safeParse(reference).success)
    throw new UserError(
      `--image "${word}" takes NAME=REFERENCE with a tag or digest; names are ${names.join(", ")}.`,
    );
  return [known, reference];
}
