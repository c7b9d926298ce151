import { type All, all } from "./all.ts";
import { type ImageSpec, ownReference } from "./images.ts";

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
