import { setTimeout } from "node:timers/promises";
import { EnvironmentError } from "../errors.ts";

export interface UntilArgs {
  /** What is awaited, as the error says it. */
  readonly what: string;
  readonly limitSeconds: number;
  /** The pause between two looks, in milliseconds. @default 100 */
  readonly everyMs?: number;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks again and again until `condition` answers with something; fails with what was awaited once the limit is over. */
export async function until<T>(condition: () => Promise<T | undefined | false>, args: UntilArgs): Promise<T> {
  const end = performance.now() + args.limitSeconds * 1000;
  for (;;) {
    args.signal?.throwIfAborted();
    const result = await condition();
    if (result !== undefined && result !== false) return result;
    if (performance.now() > end)
      throw new EnvironmentError(`Waited ${args.limitSeconds} s for ${args.what}.`);
    await setTimeout(args.everyMs ?? 100);
  }
}
