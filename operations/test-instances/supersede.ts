import { until } from "../../cluster/until.ts";
import { type Context, slotsOf } from "./context.ts";
import { endOf, isWorkedOn, waitForAnswer } from "./destruction.ts";
import { type Held, isAtWork } from "./lease.ts";
import { LeaseHolder } from "./lease-holder.ts";
import { LostSlot } from "./slots.ts";
import type { Tenancy } from "./tenancy.ts";

/** How long a destruction that is under way is waited for, in seconds. */
const DESTRUCTION_SECONDS = 300;

/** How often a slot is marked again that its holder has renewed meanwhile. */
const TRIES = 20;

type Ordered = Pick<Tenancy, "order">;

/** Whether a request is older than another one, as far as both are numbered. */
export function isOlder({ order }: Ordered, other: Ordered): boolean {
  return order !== undefined && other.order !== undefined && order < other.order;
}

/**
 * Stops whoever is at work on an instance, and waits until that has ended what it had begun. Returns the slot, which is
 * kept for `run` if somebody was at work; nothing if it is free by then. Of several that come at once the newest one stays,
 * or the last one where they are not numbered: the others fail with a LostSlot.
 */
export async function supersede(
  context: Context,
  { name, run, order }: Pick<Tenancy, "name" | "run" | "order">,
  signal?: AbortSignal,
): Promise<Held | undefined> {
  const slots = slotsOf(context);
  const found = async () => (await slots.held()).find((one) => one.name === name);
  for (let attempt = 1; ; attempt++) {
    const held = await found();
    if (held !== undefined && isOlder({ order }, held))
      throw new LostSlot(`A newer request for ${name} has come before.`);
    if (held === undefined || !isAtWork(held)) return held;
    if (held.state === "destroying") {
      const isOver = async () => (await found())?.state !== "destroying";
      const what = `the destruction of ${name}`;
      await until(isOver, { what, limitSeconds: DESTRUCTION_SECONDS, signal });
      continue;
    }
    const marked = await slots
      .update(held, { state: "deploying", run, order, ...endOf(held) })
      .catch((error) => {
        // Heartbeats change the slot as well.
        if (!(error instanceof LostSlot) || attempt === TRIES) throw error;
      });
    if (marked) return stopped(context, held, marked, signal);
  }
}

async function stopped(context: Context, held: Held, marked: Held, signal?: AbortSignal): Promise<Held> {
  const slots = slotsOf(context);
  const holder = new LeaseHolder(slots, marked, signal);
  try {
    if (isWorkedOn(held)) await waitForAnswer(slots, marked, context.report, holder.signal);
    holder.signal.throwIfAborted();
    return await holder.update({});
  } finally {
    await holder.end();
  }
}
