import { z } from "zod";
import type { NamesNeeded, SecretsOf } from "../settings/secrets/spec.ts";
import { hostName, positive } from "../settings/values.ts";
import { type ImageSpec, ownReference } from "./images.ts";
import type { Part } from "./part.ts";
import { PARTS } from "./parts.ts";
import { coreSecrets } from "./stack/secrets.ts";
import { core } from "./stack/settings.ts";

type AnyPart = (typeof PARTS)[number];

/** What all parts together say under one key of their declarations. */
type All<K extends string> = Intersection<
  AnyPart extends infer P ? (P extends Record<K, infer V> ? V : never) : never
>;

/** All members of a union at once. */
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

type Declaring = { readonly [K in "settings" | "hosts" | "images" | "secrets"]?: object };

/** A map of what is said under one key, of all parts. The type says what the values are. */
function all<K extends keyof Declaring>(key: K): All<K> {
  const parts: readonly Declaring[] = PARTS;
  return Object.assign({}, ...parts.map((part) => part[key])) as All<K>;
}

type Images = { readonly [K in keyof All<"images">]: All<"images">[K] };

/** Every image that a stack file may name. */
export const IMAGES: Images = all("images");

/** The keys of Packit's own images. */
export type OwnImage = {
  [K in keyof Images]: Images[K] extends { readonly repository: string } ? K : never;
}[keyof Images];

/** Packit's own images, and their repositories under quay.io/packit. The filter leaves exactly those that the type has. */
export const OWN_IMAGES = Object.fromEntries(
  Object.entries<ImageSpec>(IMAGES).flatMap(([key, { repository }]) =>
    repository ? [[key, repository]] : [],
  ),
) as Readonly<Record<OwnImage, string>>;

/** Object.keys with the images' own type. */
export const OWN_IMAGE_NAMES = Object.keys(OWN_IMAGES) as readonly OwnImage[];

/** The reference of one of Packit's own images: the one that is given, else the deployment's tag. */
export function ownImage(
  {
    deployment,
    images,
  }: { readonly deployment: string; readonly images: { readonly [K in OwnImage]?: string | undefined } },
  image: OwnImage,
): string {
  return ownReference(deployment, images[image], IMAGES[image]);
}

type Schemas<I> = { [K in keyof I]: I[K] extends ImageSpec<infer S> ? S : never };

const imageSchemas = Object.fromEntries(
  Object.entries<ImageSpec>(IMAGES).map(([key, { schema }]) => [key, schema]),
) as Schemas<Images>;

/** Every secret that a stack may be given under `packit:secrets`, but for the forges' tokens. */
export const CATALOGUE: typeof coreSecrets & All<"secrets"> = { ...coreSecrets, ...all("secrets") };

export type SecretName = keyof typeof CATALOGUE;

/** The secrets that are generated unless they are given. */
export type Generated = NamesNeeded<typeof CATALOGUE, "generated">;

/** Object.keys with the catalogue's own type. */
export const SECRET_NAMES = Object.keys(CATALOGUE) as SecretName[];

/** The secrets that a stack was given. */
export type NamedSecrets = SecretsOf<typeof CATALOGUE>;

// The filter leaves exactly the names that the type has.
export const GENERATED = SECRET_NAMES.filter(
  (name) => CATALOGUE[name].needed === "generated",
) as readonly Generated[];

const generations = Object.fromEntries(
  GENERATED.map((name) => [
    name,
    positive
      .max(100)
      .default(1)
      .meta({ allowed: "a whole number from 1 to 100", example: 2 })
      .describe(`The generation of ${CATALOGUE[name].purpose}.`),
  ]),
) as Record<Generated, z.ZodDefault<typeof positive>>;

/** Everything that a stack file may say, under `config`, each key with the prefix `packit:`. */
export const schema = z.strictObject({
  hosts: z.strictObject({
    service: hostName.describe("The host of the API and the webhooks."),
    ...all("hosts"),
  }),
  ...core,
  images: z
    .strictObject(imageSchemas)
    .prefault({} as never)
    .describe("Where images come from. What has a digest runs as it is; no ImageStream follows it."),
  ...all("settings"),
  generations: z
    .strictObject(generations)
    .prefault({})
    .describe("The next number makes a generated secret anew; the former ones are kept beside it."),
});

export type SchemaOutput = Readonly<z.output<typeof schema>>;

/** The parts, as one who knows all settings sees them. */
export const DECLARED: readonly Part<SchemaOutput>[] = PARTS;
