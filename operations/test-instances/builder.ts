import type { OwnImage } from "../../settings/images.ts";
import type { Build } from "./image-plan.ts";

export interface BuildArgs {
  /** The instance that they are for. */
  readonly name: string;
  readonly builds: readonly Build[];
  /** Told what goes on with each image. */
  readonly report: (image: OwnImage, message: string) => void;
  readonly signal: AbortSignal;
}

/** What builds images, each once for the same commits. */
export interface Builder {
  /** Builds, and returns a reference of each image. */
  build(args: BuildArgs): Promise<Partial<Record<OwnImage, string>>>;
}

/** Builds images beside each other, and those that lie over another one after it. */
export async function inOrder(
  builds: readonly Build[],
  buildOne: (build: Build, below: string | undefined) => Promise<string>,
): Promise<Partial<Record<OwnImage, string>>> {
  const done: Partial<Record<OwnImage, string>> = {};
  for (const kind of ["git", "overlay"] as const) {
    const wave = builds.filter((build) => build.kind === kind);
    const references = await Promise.all(
      wave.map(async (build) => [build.image, await buildOne(build, done[build.image])] as const),
    );
    for (const [image, reference] of references) done[image] = reference;
  }
  return done;
}
