import { pause } from "../../cluster/until.ts";

/** How often whoever holds something says that it is at work, in milliseconds. */
export const HEARTBEAT_MS = 5_000;

/** Who could not say so for this long stops by itself, in milliseconds: sooner than anybody takes it for dead. */
export const FENCE_MS = 20_000;

/** How long something must be seen unchanged, at the least, until its holder is taken for dead, in seconds. */
export const SILENCE_SECONDS = 30;

/** Something that changes as long as its holder lives, and the version that it is in. */
export interface Sign {
  readonly key: string;
  readonly version: string;
}

/**
 * For how long things have been seen unchanged. Only what was seen by this process counts, by its own clock, which
 * goes only forward: what machines write of their time says nothing about each other.
 */
export class Silence {
  readonly #seen = new Map<
    string,
    { readonly version: string; readonly at: number; readonly isAlive: boolean }
  >();

  /** Takes down how something is now. Returns for how many seconds it is so, and whether it has ever changed. */
  of({ key, version }: Sign): { readonly seconds: number; readonly isAlive: boolean } {
    const now = performance.now();
    const before = this.#seen.get(key);
    const isChanged = before !== undefined && before.version !== version;
    const known = before === undefined || isChanged ? { version, at: now, isAlive: isChanged } : before;
    this.#seen.set(key, known);
    return { seconds: (now - known.at) / 1000, isAlive: known.isAlive };
  }
}

/** The pause between two looks at what may be dead, in milliseconds. */
const LOOK_MS = 2_000;

/** Watches what there is now for some seconds; returns what did not change in them. Ends sooner once all of it did. */
export async function unchanged<T>(
  look: () => Promise<readonly T[]>,
  sign: (one: T) => Sign,
  seconds: number,
  signal?: AbortSignal,
): Promise<T[]> {
  const end = performance.now() + seconds * 1000;
  let still = [...(await look())];
  while (still.length > 0 && performance.now() < end) {
    await pause(Math.min(LOOK_MS, end - performance.now()), signal);
    const now = new Map((await look()).map(sign).map(({ key, version }) => [key, version]));
    still = still.filter((one) => now.get(sign(one).key) === sign(one).version);
  }
  return still;
}
