import type { Tag } from "../../registry/quay.ts";

export interface OldTagsArgs {
  readonly tags: readonly Tag[];
  /** Digests that run somewhere, or that somebody may go back to. */
  readonly needed: ReadonlySet<string>;
  /** How many of the newest builds stay in any case. */
  readonly keep: number;
  /** What is younger stays, in milliseconds since 1970. */
  readonly youngest: number;
}

/** The tag of one build, as workflows name it: branch, commit, and often a time. All others are moved or made by hand. */
const BUILD = /^(main|stable)-[0-9a-f]{7,40}(-\d+)?$/;

/** The tags of builds that nobody needs any more, oldest first. */
export function oldTags({ tags, needed, keep, youngest }: OldTagsArgs): Tag[] {
  // Whatever leads to the same digest as a tag that moves, as prod does, is needed like that.
  const kept = new Set([
    ...needed,
    ...tags.filter(({ name }) => !BUILD.test(name)).map(({ digest }) => digest),
  ]);
  const builds = tags.filter(({ name }) => BUILD.test(name)).toSorted((a, b) => b.since - a.since);
  return builds
    .slice(keep)
    .filter(({ digest, since }) => since < youngest && !kept.has(digest))
    .toReversed();
}
