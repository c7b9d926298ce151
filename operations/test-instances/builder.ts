import { createHash } from "node:crypto";
import type { OwnImage } from "../../components/own-images.ts";
import type { Amounts } from "../../kubernetes/amounts.ts";
import type { Build } from "./image-plan.ts";

/** How many lines of a failed build's log are shown. */
export const LOG_LINES = 20;

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
  /** What its pods take at most in the instance's namespace for builds. @default - it needs no such namespace */
  amounts?(builds: readonly Build[]): Amounts;
}

/** The end of a log, below a message. */
export function logEnd(log: string): string {
  const lines = log.trimEnd().split("\n").slice(-LOG_LINES);
  return lines.map((line) => `  ${line}`).join("\n");
}

/** The same text for the same value alone, by which what was built from it is found again. */
export function fingerprint(value: unknown, length = 10): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, length);
}

/** The builds that are made beside each other, after those before them. */
export function waves(builds: readonly Build[]): Build[][] {
  return (["git", "overlay"] as const).map((kind) => builds.filter((build) => build.kind === kind));
}

/** Builds images beside each other, and those that lie over another one after it. */
export async function inOrder(
  builds: readonly Build[],
  buildOne: (build: Build, below: string | undefined) => Promise<string>,
): Promise<Partial<Record<OwnImage, string>>> {
  const done: Partial<Record<OwnImage, string>> = {};
  for (const wave of waves(builds)) {
    const references = await Promise.all(
      wave.map(async (build) => [build.image, await buildOne(build, done[build.image])] as const),
    );
    for (const [image, reference] of references) done[image] = reference;
  }
  return done;
}
