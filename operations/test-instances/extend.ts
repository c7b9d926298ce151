import { UserError } from "../../errors.ts";
import { inSeconds } from "../../settings/duration.ts";
import { type Context, slotsOf } from "./context.ts";
import type { Held } from "./slots.ts";

/** Lets an instance live longer, at most as long as the pool allows from its creation. */
export async function extend(context: Context, name: string, seconds: number): Promise<Held> {
  const slots = slotsOf(context);
  const held = await heldBy(context, name);
  const last = held.created.getTime() + inSeconds(context.pool.ttl.max) * 1000;
  const wanted = Math.max(held.expires.getTime(), Date.now()) + seconds * 1000;
  if (held.expires.getTime() >= last)
    throw new UserError(
      `${name} lives as long as it may already, ${context.pool.ttl.max} from its creation.`,
    );
  return slots.update(held, { expires: new Date(Math.min(wanted, last)) });
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
