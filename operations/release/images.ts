import { z } from "zod";
import type { ImageSpec } from "../../components/images.ts";
import { IMAGES, OWN_IMAGES, type OwnImage } from "../../components/own-images.ts";
import { knownError, UserError } from "../../errors.ts";
import type { ReleaseContext } from "./context.ts";
import type { RunningImage } from "./environment.ts";

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

/**
 * What prod runs of each image: what its stack's file names, else what most of its pods run, else what its tag leads to,
 * which it may not have imported yet.
 */
export async function digestsOfProd(context: ReleaseContext): Promise<Digests> {
  const { services, say } = context;
  const [tagged, pinned] = [await digestsNow(context), (await services.production()).pinned()];
  const prod = await services.prod();
  const pods = await prod.pods().catch((error) => {
    const known = knownError(error);
    if (known === undefined) throw error;
    say(
      `  What ${prod.stack} runs cannot be asked, so what its tags lead to counts as that: ${known.message}`,
    );
    return [];
  });
  const containers = pods.flatMap((pod) => pod.containers);
  const found = await Promise.all(
    imageKeys(context).map(async (key) => {
      const digest = pinned[key] ?? (await running(context, key, containers, tagged[key]));
      return digest === undefined ? [] : [[key, digest] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

async function running(
  context: ReleaseContext,
  key: string,
  containers: readonly RunningImage[],
  tagged: string | undefined,
): Promise<string | undefined> {
  const names = podNames(key);
  const digests = containers
    .filter(({ image }) => names.includes(image))
    .flatMap(({ digest }) => digest ?? []);
  const count = (digest: string) => digests.filter((one) => one === digest).length;
  const [most] = digests.toSorted((a, b) => count(b) - count(a));
  if (most === undefined || tagged === undefined) return most ?? tagged;
  // Nodes report the image of their kind of machine, which the tag's list holds.
  const family = await familyOf(context, repositoryOf(key), tagged);
  return family.includes(most) ? tagged : most;
}

/** The names that pods know an image by. The sandbox's is pulled anew for each task, and so none of a pod. */
export function podNames(key: string): string[] {
  const { stream }: ImageSpec = IMAGES[key as OwnImage];
  return stream === undefined ? [] : [stream, repositoryOf(key)];
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
