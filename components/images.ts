import type { z } from "zod";
import { imageReference } from "../schema/image-reference.ts";

/** An image that a stack file may name under `images`. */
export interface ImageSpec<S extends z.core.$ZodType = z.core.$ZodType> {
  readonly schema: S;
  /** The name of its ImageStream, and the one that workloads know it by. @default - whoever runs it names it */
  readonly stream?: string;
  /** Its repository below {@link OWN_REGISTRY}, if it is one of Packit's own. */
  readonly repository?: string;
  /** Where Packit's own is built from: the repository at GitHub, and the file in it. */
  readonly source?: { readonly repository: string; readonly dockerfile: string };
}

export type ImageSpecs = Readonly<Record<string, ImageSpec>>;

/** An image that is imported, under the name that workloads know it by. */
export interface Stream {
  readonly name: string;
  readonly reference: string;
  /** Whether it is one of Packit's own, of which new ones get in by the stack's policy. */
  readonly isOwn: boolean;
}

/** Where Packit's own images are, unless it is said. */
export const OWN_REGISTRY = "quay.io/packit";

/** One of Packit's own images: `what` runs it; without a reference, it is that of the deployment. */
export function ownImage<const I extends Omit<ImageSpec, "schema"> & { readonly repository: string }>(
  what: string,
  image: I,
) {
  const schema = imageReference
    .meta({ example: `${OWN_REGISTRY}/${image.repository}:stg` })
    .optional()
    .describe(`${what} Default: that of the deployment at quay.io/packit.`);
  return { ...image, schema };
}

/** Somebody else's image, and the one that is run unless another is named. */
export function foreignImage<const N extends string>(what: string, stream: N, reference: string) {
  return { stream, schema: imageReference.default(reference).describe(what) };
}

/** The reference of one of Packit's own images: the one that is given, else that of the deployment. */
export function ownReference(
  deployment: string,
  given: string | undefined,
  { repository }: { readonly repository: string },
): string {
  return given ?? `${OWN_REGISTRY}/${repository}:${deployment}`;
}
