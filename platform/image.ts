import type { CustomResourceOptions } from "@pulumi/pulumi";
import { isDigest } from "../schema/image-reference.ts";
import type { Destination } from "./destination.ts";
import { imageStream } from "./image-stream.ts";

/** What a container runs. */
export interface Image {
  /** The reference for the container. */
  readonly reference: string;
  /** The ImageStreamTag by which OpenShift puts each newly imported image into running workloads. */
  readonly stream?: string;
  /** @default - the cluster's */
  readonly pullPolicy?: "Always" | "IfNotPresent";
}

export interface ImageArgs {
  /** Where its ImageStream goes. */
  readonly destination: Destination;
  /** The stream's name, which pods use in place of a registry's path. */
  readonly name: string;
  /** The name of its one tag. */
  readonly tag: string;
  /** The image itself. */
  readonly from: string;
  /** Whether a newer image is wanted as soon as the tag leads to one. */
  readonly follow: boolean;
}

/**
 * The image that containers run. What has a digest is that image for ever. A tag is imported by an ImageStream where
 * there are any: every 15 minutes (the cluster's default) if it is to be followed; else once, so that it stays what it
 * was on that day until somebody imports it again.
 */
export function image(name: string, { destination, ...args }: ImageArgs, opts: CustomResourceOptions): Image {
  if (isDigest(args.from)) return { reference: args.from };
  if (!destination.platform.imageStreams) {
    return { reference: args.from, pullPolicy: args.follow ? "Always" : "IfNotPresent" };
  }
  const tag = { name: args.tag, from: args.from, follow: args.follow };
  imageStream(name, { destination, name: args.name, isLocal: true, tag }, opts);
  const reference = `${args.name}:${args.tag}`;
  return { reference, stream: reference };
}
