import { setTimeout } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import { showDuration } from "../../settings/duration.ts";
import type { Pool } from "../../settings/test-pool.ts";
import { budgetOf, type Context, queueOf, slotsOf } from "./context.ts";
import { exceeds, type Held, showRequests, type Tenancy } from "./lease.ts";
import { SILENCE_SECONDS } from "./queue.ts";
import type { Request } from "./request.ts";
import type { TakeArgs, Taken } from "./slots.ts";

export interface AcquireArgs {
  readonly request: Pick<Request, "ttlSeconds">;
  /** How long to wait in the queue for a slot; 0 does not wait. */
  readonly waitSeconds: number;
  /** Whether only an instance that is there is deployed anew, and none is made. */
  readonly onlyExisting: boolean;
  /** Ends the work with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Refuses what asks for more than all instances together may. */
export function refuseTooLarge(tenancy: Tenancy, pool: Pool): void {
  const { name, requests } = tenancy;
  const budget = budgetOf(pool);
  if (!exceeds(budget, [tenancy])) return;
  throw new UserError(
    `${name} would ask for ${showRequests(requests)}, and all instances together may ask for ${showRequests(budget)} (packit:testInstances.budget).`,
  );
}

/** Takes a slot, or that which an instance of the same name and references has. */
export async function acquire(context: Context, args: AcquireArgs, tenancy: Tenancy): Promise<Held> {
  const slots = slotsOf(context);
  const own = (await slots.held()).find(({ name }) => name === tenancy.name);
  if (own) return takeOver(context, own, tenancy);
  if (args.onlyExisting)
    throw new UserError(`There is no instance ${tenancy.name}. Without --only-existing it is made.`);
  const { identities } = context.pool;
  const take = {
    ttlSeconds: args.request.ttlSeconds,
    budget: budgetOf(context.pool),
    identityOf: (slot: number) => identities[slot - 1]?.name,
  };
  if (args.waitSeconds === 0 && (await queueOf(context).living()).length === 0) {
    const result = await slots.take(tenancy, take);
    if ("refused" in result) throw refused(tenancy, result);
    return result;
  }
  return queued(context, args, tenancy, take);
}

/** Waits for its turn: as many of those that wait may try as there are free slots. */
async function queued(context: Context, args: AcquireArgs, tenancy: Tenancy, take: TakeArgs) {
  const slots = slotsOf(context);
  const queue = queueOf(context);
  const end = Date.now() + args.waitSeconds * 1000;
  let ticket = await queue.join(tenancy.name);
  let renewed = Date.now();
  try {
    for (;;) {
      const [held, waiting] = await Promise.all([slots.held(), queue.living()]);
      const place = waiting.findIndex(({ id }) => id === ticket.metadata.name);
      const isTurn = place >= 0 && place < context.pool.limit - held.length;
      const result = isTurn ? await slots.take(tenancy, take) : ({ refused: "full", held } as const);
      if (!("refused" in result)) return result;
      if (result.refused === "name" || Date.now() >= end) throw refused(tenancy, result, place);
      args.signal?.throwIfAborted();
      context.report(`waiting, ${place} before it; ${holders(result.held)}`);
      await setTimeout(1000);
      if (Date.now() - renewed > (SILENCE_SECONDS * 1000) / 3) {
        ticket = await queue.renew(ticket);
        renewed = Date.now();
      }
    }
  } finally {
    await queue.leave(ticket);
  }
}

/** An instance is deployed anew in its place: its address, its slot and its expiry stay. */
async function takeOver(context: Context, held: Held, tenancy: Tenancy): Promise<Held> {
  if (held.references.join() !== tenancy.references.join() || held.base !== tenancy.base)
    throw new UserError(
      `The name ${held.name} is taken, by ${held.references.join(" ")} of ${held.owner}. Give another --name, or destroy it.`,
    );
  if (held.engine !== tenancy.engine)
    throw new UserError(
      `${held.name} was brought up with --engine ${held.engine}. Go on with that, or destroy it first.`,
    );
  const isAtWork = held.state === "deploying" && Date.now() - held.seen.getTime() < SILENCE_SECONDS * 1000;
  if (isAtWork || held.state === "destroying")
    throw new UserError(`Somebody else is at work on ${held.name}: it is ${held.state}.`);
  const others = (await slotsOf(context).held()).filter(({ slot }) => slot !== held.slot);
  if (exceeds(budgetOf(context.pool), [tenancy, ...others]))
    throw refused(tenancy, { refused: "budget", held: others });
  context.report(`${held.name} is deployed anew; its expiry stays ${held.expires.toISOString()}`);
  const wasUp = held.state === "up" || held.wasUp;
  return slotsOf(context).update(held, { ...tenancy, owner: held.owner, identity: held.identity, wasUp });
}

function refused(tenancy: Tenancy, { refused: why, held }: Taken, before = 0): UserError {
  const who = holders(held);
  if (why === "name") return new UserError(`The name ${tenancy.name} is taken just now. ${who}`);
  if (why === "identity")
    return new UserError(
      `The identity of the free slot is another instance's. Try again, or look at packit:testInstances.identities. ${who}`,
    );
  if (why === "budget")
    return new UserError(
      `${tenancy.name} asks for ${showRequests(tenancy.requests)}, which the pool has not left. ${who}`,
    );
  const queue = before > 0 ? ` ${before} wait before it.` : "";
  return new UserError(`Every slot is taken.${queue} ${who} Wait for one with --wait 30m.`);
}

/** Who holds what, and until when. */
function holders(held: readonly Held[]): string {
  const list = held.map(({ name, owner, expires }) => {
    const left = showDuration((expires.getTime() - Date.now()) / 1000);
    return `${name} of ${owner} until ${expires.toISOString().slice(0, 16)}Z (${left})`;
  });
  return list.length === 0 ? "" : `Held: ${list.join("; ")}.`;
}
