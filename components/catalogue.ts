import type { NamesNeeded, SecretsOf } from "../schema/secrets/spec.ts";
import { type All, all } from "./all.ts";
import { coreSecrets } from "./stack/secrets.ts";

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
