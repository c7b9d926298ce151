import { pause } from "../../cluster/until.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import { showDuration } from "../../schema/duration.ts";
import { budgetOf, type Context, queueOf, slotsOf } from "./context.ts";
import { exceeds, type Held, isAtWork, showRequests, signOfSlot } from "./lease.ts";
import type { Living } from "./queue.ts";
import type { Request } from "./request.ts";
import { SILENCE_SECONDS, unchanged } from "./silence.ts";
import type { TakeArgs, Taken } from "./slots.ts";
import type { Tenancy } from "./tenancy.ts";

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
  if (own) return takeOver(context, args, own, tenancy);
  if (args.onlyExisting)
    throw new UserError(`There is no instance ${tenancy.name}. Without --only-existing it is made.`);
  const { identities } = context.pool;
  const take = {
    ttlSeconds: args.request.ttlSeconds,
    budget: budgetOf(context.pool),
    identityOf: (slot: number) => identities[slot - 1]?.name,
  };
  if (args.waitSeconds === 0 && (await queueOf(context).tickets()).length === 0) {
    const result = await slots.take(tenancy, take);
    if ("refused" in result) throw await refused(context, tenancy, result);
    return result;
  }
  return queued(context, args, tenancy, take);
}

/** How often a request that waits says that it still does, in milliseconds. */
const RENEWAL_MS = (SILENCE_SECONDS * 1000) / 3;

/** The longest pause between two looks at the line: those at its end need not look often. */
const LONGEST_PAUSE_MS = 8_000;

/** Waits for its turn: as many of those that wait may try as there are free slots. */
async function queued(context: Context, args: AcquireArgs, tenancy: Tenancy, take: TakeArgs) {
  const { signal, waitSeconds } = args;
  const slots = slotsOf(context);
  const queue = queueOf(context);
  const begun = performance.now();
  let ticket = await queue.join(tenancy.name);
  let renewed = performance.now();
  try {
    for (;;) {
      const waiting = await queue.living();
      const place = waiting.findIndex(({ id }) => id === ticket.metadata.name);
      const isLate = performance.now() - begun >= waitSeconds * 1000;
      const held = place < context.pool.limit || isLate ? await slots.held() : undefined;
      const isTurn = held !== undefined && place >= 0 && place < context.pool.limit - held.length;
      const result = isTurn ? await slots.take(tenancy, take) : undefined;
      if (result && !("refused" in result)) return result;
      // Who stands before it while there is a free slot may be dead, which takes a while to be seen.
      const isFree = held !== undefined && held.length < context.pool.limit;
      const limit = isFree && waiting.slice(0, place).some(isSilent) ? SILENCE_SECONDS + 1 : waitSeconds;
      const left = Math.max(limit, waitSeconds) * 1000 - (performance.now() - begun);
      if (result?.refused === "name" || (held && left <= 0))
        throw await refused(context, tenancy, result ?? { refused: "full", held: held ?? [] }, place);
      context.report(`waiting, ${place} before it${held ? `; ${await holders(context, held)}` : ""}`);
      const ms = Math.min(2000 + 1000 * place, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 4);
      if (place < 0 || performance.now() + ms - renewed > RENEWAL_MS) {
        ticket = await queue.renew(ticket);
        renewed = performance.now();
      }
      await pause(Math.min(ms, Math.max(left, 0)), signal);
    }
  } finally {
    await queue.leave(ticket);
  }
}

function isSilent({ isAlive }: Living): boolean {
  return !isAlive;
}

/** An instance is deployed anew in its place: its address, its slot and its expiry stay. */
async function takeOver(
  context: Context,
  { signal }: AcquireArgs,
  held: Held,
  tenancy: Tenancy,
): Promise<Held> {
  if (held.references.join() !== tenancy.references.join() || held.base !== tenancy.base)
    throw new UserError(
      `The name ${held.name} is taken, by ${held.references.join(" ")} of ${held.owner}. Give another --name, or destroy it.`,
    );
  if (held.engine !== tenancy.engine)
    throw new UserError(
      `${held.name} was brought up with --engine ${held.engine}. Go on with that, or destroy it first.`,
    );
  await refuseAtWork(context, held, signal);
  context.report(`${held.name} is deployed anew; its expiry stays ${held.expires.toISOString()}`);
  const wasUp = held.state === "up" || held.wasUp;
  const next = { ...tenancy, owner: held.owner, identity: held.identity, wasUp };
  const result = await slotsOf(context).retake(held, next, { budget: budgetOf(context.pool) });
  if ("refused" in result) throw await refused(context, tenancy, result);
  return result;
}

/** Somebody who is at work on an instance is left to it; who is dead, is not heard of for a while. */
async function refuseAtWork(context: Context, held: Held, signal: AbortSignal | undefined): Promise<void> {
  if (!isAtWork(held)) return;
  const refusal = new UserError(`Somebody else is at work on ${held.name}: it is ${held.state}.`);
  if (held.state === "destroying") throw refusal;
  context.report(
    `${held.name} is ${held.state}; for ${SILENCE_SECONDS} s it is seen whether somebody still is at it`,
  );
  const same = async () => [await slotsOf(context).again(held)].flatMap((one) => one ?? []);
  const [silent] = await unchanged(same, signOfSlot, SILENCE_SECONDS, signal);
  if (silent?.version !== held.version) throw refusal;
}

async function refused(
  context: Context,
  tenancy: Tenancy,
  { refused: why, held }: Taken,
  before = 0,
): Promise<UserError> {
  const who = await holders(context, held);
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
async function holders({ client }: Context, held: readonly Held[]): Promise<string> {
  const now = (await client.now()).getTime();
  const list = held.map(({ name, owner, expires }) => {
    const left = showDuration((expires.getTime() - now) / 1000);
    return `${name} of ${owner} until ${expires.toISOString().slice(0, 16)}Z (${left})`;
  });
  return list.length === 0 ? "" : `Held: ${list.join("; ")}.`;
}
