import type * as pulumi from "@pulumi/pulumi";
import type { FollowedImage } from "../platform/image-stream.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Configuration } from "./configuration.ts";

/** What a part of the instance that runs one of Packit's own images is made from. */
export interface PartArgs<K extends keyof Settings> {
  /** Where its objects go. */
  readonly site: Site;
  /** The settings that it reads: its own, and those that every pod is told. */
  readonly settings: Pick<Settings, K | "namespace" | "deployment">;
  /** The files and credentials of which it mounts its own. */
  readonly configuration: Configuration;
  /** The image that its pods run. */
  readonly image: FollowedImage;
}

/** The options of a part's workload: it waits for what the part waits for. */
export function workloadOptions(
  parent: pulumi.ComponentResource,
  image: FollowedImage,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { parent, ...image.resourceOptions, ...(opts.dependsOn && { dependsOn: opts.dependsOn }) };
}
