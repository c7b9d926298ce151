import { z } from "zod";
import { OWN_IMAGES, type OwnImage } from "../../components/own-images.ts";
import { UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";

export const DIGESTS = z.record(z.string(), z.string());

/** Digests of images, by the keys that `images` of a stack file has. */
export type Digests = z.output<typeof DIGESTS>;

/** The repository of an image at the registry; a UserError for a key that no image has. */
export function repositoryOf(key: string): string {
  if (Object.hasOwn(OWN_IMAGES, key)) return OWN_IMAGES[key as OwnImage];
  throw new UserError(`There is no image "${key}". There are: ${Object.keys(OWN_IMAGES).join(", ")}.`);
}

/** The keys of all images that are built from the released repositories. */
export function imageKeys({ settings }: Pick<ReleaseContext, "settings">): string[] {
  return settings.repositories.flatMap(({ images }) => images);
}

/** What prod's tag leads to now, for each image that there is. */
export async function digestsNow(context: ReleaseContext): Promise<Digests> {
  const { registry } = context.services;
  const found = await Promise.all(
    imageKeys(context).map(async (key) => {
      const digest = await registry.digest(repositoryOf(key), context.settings.registry.tag);
      return digest === undefined ? [] : [[key, digest] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** The digests that this release has found built. */
export function builtDigests({ journal }: Pick<ReleaseContext, "journal">): Digests {
  return journal.fact("images", DIGESTS) ?? {};
}

/** An image by its digest, as a stack file names it. */
export function pinnedReference(
  context: Pick<ReleaseContext, "settings">,
  key: string,
  digest: string,
): string {
  return referenceOf(context, repositoryOf(key), digest);
}

/** A digest, and those of the images for each kind of machine that it lists: nodes report either. */
export async function familyOf(
  context: Pick<ReleaseContext, "settings" | "services">,
  repository: string,
  digest: string,
): Promise<string[]> {
  const reference = referenceOf(context, repository, digest);
  const { platforms } = await context.services.images.present(reference);
  return [digest, ...platforms];
}

function referenceOf(
  { settings }: Pick<ReleaseContext, "settings">,
  repository: string,
  digest: string,
): string {
  const { url, account } = settings.registry;
  return `${new URL(url).host}/${account}/${repository}@${digest}`;
}
