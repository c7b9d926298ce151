import { setTimeout } from "node:timers/promises";

/** The first pause and the longest, in milliseconds; each is twice the one before. */
const FIRST_MS = 50;
const LONGEST_MS = 5_000;

/** How often something is tried: for 6 s, and for 30 s where the server says itself that it is busy. */
const TRIES = { broken: 8, busy: 12 };

/** Why something is to be tried again. */
export interface Passing {
  readonly why: keyof typeof TRIES;
  /** How long the server asks to be left alone, in seconds. */
  readonly pauseSeconds?: number;
}

/**
 * Tries until it goes well or fails with what will not pass, at most for a while; then fails as the last try did.
 *
 * @param passing Says of a failure why the next try may go well; nothing if it will not.
 */
export async function persistently<T>(
  attempt: () => Promise<T>,
  passing: (error: unknown) => Passing | undefined,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const found = passing(error);
      if (found === undefined || tries >= TRIES[found.why]) throw error;
      const own = Math.min(FIRST_MS * 2 ** (tries - 1), LONGEST_MS);
      const asked = Math.min((found.pauseSeconds ?? 0) * 1000, LONGEST_MS);
      // Requests that failed together do not come back together.
      await setTimeout(Math.max(own * (0.5 + Math.random() / 2), asked));
    }
  }
}
