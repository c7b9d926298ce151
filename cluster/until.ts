import { setTimeout } from "node:timers/promises";
import { EnvironmentError } from "../errors.ts";

export interface UntilArgs {
  /** What is awaited, as the error says it. */
  readonly what: string;
  readonly limitSeconds: number;
  /** The pause between two looks, in milliseconds. @default - a tenth of the time waited so far, from 100 to 3000 */
  readonly everyMs?: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks again and again until `condition` answers with something; fails with what was awaited once the limit is over. */
export async function until<T>(condition: () => Promise<T | undefined | false>, args: UntilArgs): Promise<T> {
  const begun = performance.now();
  for (;;) {
    args.signal?.throwIfAborted();
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    const waited = performance.now() - begun;
    if (waited > args.limitSeconds * 1000)
      throw new EnvironmentError(`Waited ${args.limitSeconds} s for ${args.what}.`);
    await pause(args.everyMs ?? Math.min(Math.max(waited / 10, 100), LONGEST_MS), args.signal);
  }
}

/** The longest pause between two looks: long waits must not keep the API server busy. */
const LONGEST_MS = 3000;

/** Waits for some milliseconds, or fails with the signal's reason as soon as it aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal && { signal }).catch((error) => {
    signal?.throwIfAborted();
    throw error;
  });
}
