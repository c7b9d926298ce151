import { z } from "zod";
import { hostName, positive } from "../schema/values.ts";
import { all } from "./all.ts";
import { CATALOGUE, GENERATED, type Generated } from "./catalogue.ts";
import { deployer } from "./deployer/settings.ts";
import { github } from "./github/settings.ts";
import type { ImageSpec } from "./images.ts";
import { IMAGES } from "./own-images.ts";
import type { Part } from "./part.ts";
import { PARTS } from "./parts.ts";
import { core } from "./stack/settings.ts";

type Schemas<I> = { [K in keyof I]: I[K] extends ImageSpec<infer S> ? S : never };

const imageSchemas = Object.fromEntries(
  Object.entries<ImageSpec>(IMAGES).map(([key, { schema }]) => [key, schema]),
) as Schemas<typeof IMAGES>;

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
  deployer,
  github,
});

export type SchemaOutput = Readonly<z.output<typeof schema>>;

/** The parts, as one who knows all settings sees them. */
export const DECLARED: readonly Part<SchemaOutput>[] = PARTS;
