import type { ReleaseContext } from "./context.ts";

/** A part of a release that is done as a whole, and may be begun again at any time. */
export interface Step {
  /** Its verb: `move-stable`. */
  readonly name: string;
  /** What it does, as a list of steps shows it. */
  readonly title: string;
  /** Whether it may be done by itself, without the steps before it and without a release. */
  readonly isAlone?: boolean;
  /** The variables without which it cannot be done. */
  readonly tokens?: (context: ReleaseContext) => readonly string[];
  /** Why there is nothing to do (any more), by asking the outside; nothing where there is. */
  readonly look?: (context: ReleaseContext) => Promise<string | undefined>;
  /** Does it, and returns what has come of it, in a few words. */
  readonly run: (context: ReleaseContext) => Promise<string>;
}

/** The steps that are not left out and not done. */
export function stepsLeft(
  { choices, journal }: Pick<ReleaseContext, "choices" | "journal">,
  steps: readonly Step[],
): readonly Step[] {
  return steps.filter(({ name }) => !choices.without.includes(name) && journal.step(name)?.state !== "done");
}
