import type { Image } from "../platform/image.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Configuration } from "./configuration/configuration.ts";

/** What a part of the instance is made from. */
export interface PartArgs<K extends keyof Settings> {
  /** Where its objects go. */
  readonly site: Site;
  /** The settings that it reads: its own, and those that every pod is told. */
  readonly settings: Pick<Settings, K | "namespace" | "deployment">;
  /** The files and credentials of which it mounts its own. */
  readonly configuration: Configuration;
  /** The image that its pods run. */
  readonly image: Image;
}
