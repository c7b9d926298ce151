import { until } from "../../cluster/until.ts";
import { EnvironmentError } from "../../errors.ts";
import { type Held, isAtWork } from "./lease.ts";
import { FENCE_MS, HEARTBEAT_MS } from "./silence.ts";
import type { Slots } from "./slots.ts";
import type { Tenancy } from "./tenancy.ts";

/** How long a deploy may take to notice, before it is taken for dead, in seconds: without its slot it stops by then. */
const NOTICE_SECONDS = (FENCE_MS + HEARTBEAT_MS) / 1000;

/** How long it may then take to end what it has begun, as Pulumi's engine does. */
const END_SECONDS = 120;

/** Whether somebody is at work on an instance, and has not said that nothing is made any more. */
export function isWorkedOn(held: Held): boolean {
  return isAtWork(held) && held.answer !== "stopped";
}

/** The deploy that must have ended before anything else is done, and what it has answered: another request may wait for it. */
export function endOf({ state, run, ends, answer }: Held): Pick<Tenancy, "ends" | "answer"> {
  return state === "destroying" || ends !== undefined ? { ends, answer } : { ends: run, answer: undefined };
}

/** Waits until the deploy that a destruction, or a newer deploy, ends has answered that it has stopped; one that never answers is dead. */
export async function waitForAnswer(
  slots: Slots,
  marked: Held,
  report: (message: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const answered =
    (...wanted: readonly Tenancy["answer"][]) =>
    async () => {
      // Somebody else may destroy it as well, and end the same deploy.
      const now = (await slots.held()).find(({ slot, ends }) => slot === marked.slot && ends === marked.ends);
      // Without the slot there is nobody to wait for.
      return now === undefined || wanted.includes(now.answer);
    };
  report(`waiting for whoever deploys ${marked.name} to stop`);
  const limits = { signal, everyMs: 500, what: `whoever deploys ${marked.name} to stop` };
  if (!(await within(answered("stopping", "stopped"), { ...limits, limitSeconds: NOTICE_SECONDS })))
    return report("nobody answers: whoever deployed it is gone");
  if (!(await within(answered("stopped"), { ...limits, limitSeconds: END_SECONDS })))
    report(`it has not stopped within ${END_SECONDS} s, and is not waited for`);
}

async function within(
  condition: () => Promise<boolean>,
  args: Parameters<typeof until>[1],
): Promise<boolean> {
  try {
    await until(condition, args);
    return true;
  } catch (error) {
    if (error instanceof EnvironmentError) return false;
    throw error;
  }
}
