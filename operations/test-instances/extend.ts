import { UserError } from "../../errors.ts";
import { inSeconds } from "../../schema/duration.ts";
import { type Context, slotsOf } from "./context.ts";
import type { Held } from "./lease.ts";
import { LostSlot } from "./slots.ts";

/** How often an extension is tried again when the slot changes under it. */
const TRIES = 5;

/** Lets an instance live longer, at most as long as the pool allows from its creation. */
export async function extend(context: Context, name: string, seconds: number, attempt = 1): Promise<Held> {
  const slots = slotsOf(context);
  const held = await heldBy(context, name);
  if (held.state === "destroying") throw new UserError(`${name} is being destroyed.`);
  const last = held.created.getTime() + inSeconds(context.pool.ttl.max) * 1000;
  const now = (await context.client.now()).getTime();
  const wanted = Math.max(held.expires.getTime(), now) + seconds * 1000;
  if (held.expires.getTime() >= last)
    throw new UserError(
      `${name} lives as long as it may already, ${context.pool.ttl.max} from its creation.`,
    );
  try {
    return await slots.update(held, { expires: new Date(Math.min(wanted, last)) });
  } catch (error) {
    if (!(error instanceof LostSlot) || attempt === TRIES) throw error;
    return extend(context, name, seconds, attempt + 1);
  }
}

/** The slot of an instance that is there. */
export async function heldBy(context: Pick<Context, "client" | "pool">, name: string): Promise<Held> {
  const all = await slotsOf(context).held();
  const found = all.find((one) => one.name === name);
  if (found) return found;
  const known = all.map((one) => one.name).join(", ");
  throw new UserError(
    `There is no instance ${name}. ${known ? `There are: ${known}.` : "There is none at all."}`,
  );
}
