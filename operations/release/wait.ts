import { EnvironmentError, UserError } from "../../errors.ts";
import { inSeconds } from "../../schema/duration.ts";
import type { ReleaseContext } from "./context.ts";

/** What one look at something finds. */
export type Look<T> =
  | { readonly value: T }
  /** How far it is, in words; another word is progress. */
  | { readonly state: string }
  /** Why it will never be done by itself. */
  | { readonly failed: string };

export interface WaitArgs<T> {
  /** What is waited for, as the error says it. */
  readonly what: string;
  readonly look: () => Promise<Look<T>>;
}

/** The key of what is waited for, in the journal. */
export const WAITS = "waits";

/** How often what is waited for may not be asked at all. */
const DEAF = 20;

/** After how many looks without any news it is said that there are none. */
const SILENCE = 10;

/**
 * Looks until something is done. Not time is counted but looks without any progress: a machine that sleeps takes none.
 * In a dry run it looks once, and returns nothing where it is not done.
 */
export async function waitFor<T>(
  context: ReleaseContext,
  { what, look }: WaitArgs<T>,
): Promise<T | undefined> {
  const { settings, say, pace, signal, isDry } = context;
  const { everySeconds, limit } = settings.wait;
  const most = Math.max(1, Math.ceil(inSeconds(limit) / Math.max(everySeconds, 1)));
  let last = "";
  let deaf = 0;
  for (let looks = 1; ; looks++) {
    signal.throwIfAborted();
    const found = await looked(look);
    if ("value" in found) return found.value;
    if ("failed" in found) throw new EnvironmentError(found.failed);
    deaf = found.error === undefined ? 0 : deaf + 1;
    if (found.error !== undefined && deaf > DEAF) throw found.error;
    if (isDry) {
      say(`  would wait for ${what}: ${found.state}`);
      return undefined;
    }
    if (found.state !== last) {
      looks = 1;
      last = found.state;
      context.journal.append({ type: "fact", key: WAITS, value: `${what}: ${found.state}` });
      say(`  ${clock(pace.now())}  ${what}: ${found.state}`);
    } else if (looks % SILENCE === 0) say(`  ${clock(pace.now())}  ${what}: still ${found.state}`);
    if (looks > most)
      throw new EnvironmentError(
        `Waited for ${what}, without any progress for ${limit}: ${found.state.replace(/[.]$/, "")}. Look there, then: ${context.command("resume")}`,
      );
    await pace.pause(everySeconds * 1000, signal);
  }
}

async function looked<T>(
  look: () => Promise<Look<T>>,
): Promise<{ value: T } | { failed: string } | { state: string; error?: unknown }> {
  try {
    return await look();
  } catch (error) {
    // The network of a machine that has just woken up is not there yet.
    if (error instanceof UserError || !(error instanceof EnvironmentError)) throw error;
    return { state: error.message, error };
  }
}

function clock(now: Date): string {
  return now.toTimeString().slice(0, 5);
}
