import { pause } from "../../cluster/until.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import { showDuration } from "../../schema/duration.ts";
import { budgetOf, type Context, queueOf, slotsOf } from "./context.ts";
import { exceeds, type Held, isAtWork, showRequests, signOfSlot } from "./lease.ts";
import { type Living, numberOf } from "./queue.ts";
import type { Request } from "./request.ts";
import { SILENCE_SECONDS, unchanged } from "./silence.ts";
import { LostSlot, type TakeArgs, type Taken } from "./slots.ts";
import { isOlder, supersede } from "./supersede.ts";
import type { Tenancy } from "./tenancy.ts";

export interface AcquireArgs {
  readonly request: Pick<Request, "ttlSeconds">;
  /** How long to wait in the queue for a slot; 0 does not wait. */
  readonly waitSeconds: number;
  /** Whether only an instance that is there is deployed anew, and none is made. */
  readonly onlyExisting: boolean;
  /**
   * Whether an older request for the same instance, which deploys it or waits in line, is stopped, and not left to it.
   * The older one fails with a LostSlot. @default false
   */
  readonly supersedes?: boolean;
  /** Hears how far the work has come, and of the slot once there is one. */
  readonly onStage?: ((stage: Stage, held?: Held) => void) | undefined;
  /** Ends the work with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** How far a deploy has come. */
export type Stage = "waiting" | "building" | "deploying";

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
    return "refused" in result ? olderOr(context, args, tenancy, result) : result;
  }
  args.onStage?.("waiting");
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
  const { order } = tenancy;
  let ticket = await queue.join(tenancy.name, order);
  const isNewer = ({ name, number, ...other }: Living) =>
    name === tenancy.name &&
    (isOlder(tenancy, other) || (other.order === order && number > numberOf(ticket.metadata.name)));
  let renewed = performance.now();
  try {
    for (;;) {
      const waiting = await queue.living();
      if (args.supersedes && waiting.some(isNewer))
        throw new LostSlot(`A newer request for ${tenancy.name} waits in its place.`);
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
      const isTaken = args.supersedes && held?.some(({ name }) => name === tenancy.name);
      if (isTaken || result?.refused === "name")
        return await olderOr(context, args, tenancy, { refused: "name", held: held ?? [] });
      if (held && left <= 0)
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

/** Takes over what an older request for the same instance has, if that is asked for; else says who has what is wanted. */
async function olderOr(context: Context, args: AcquireArgs, tenancy: Tenancy, taken: Taken): Promise<Held> {
  const older = taken.held.find(({ name }) => name === tenancy.name);
  if (!args.supersedes || taken.refused !== "name" || older === undefined)
    throw await refused(context, tenancy, taken);
  return takeOver(context, args, older, tenancy);
}

function isSilent({ isAlive }: Living): boolean {
  return !isAlive;
}

/** An instance is deployed anew in its place: its address, its slot and its expiry stay. */
async function takeOver(context: Context, args: AcquireArgs, found: Held, tenancy: Tenancy): Promise<Held> {
  refuseOther(found, tenancy);
  if (!args.supersedes) await refuseAtWork(context, found, args.signal);
  else if (isAtWork(found)) args.onStage?.("waiting");
  const held = args.supersedes ? await supersede(context, tenancy, args.signal) : found;
  if (held === undefined) return acquire(context, args, tenancy);
  // Who has it now may be another one than before.
  refuseOther(held, tenancy);
  context.report(`${held.name} is deployed anew; its expiry stays ${held.expires.toISOString()}`);
  const wasUp = held.state === "up" || held.wasUp;
  const ended = { ends: undefined, answer: undefined };
  const next = { ...tenancy, ...ended, owner: held.owner, identity: held.identity, wasUp };
  const slots = slotsOf(context);
  const result = await slots.retake(held, next, { budget: budgetOf(context.pool) });
  if (!("refused" in result)) return result;
  // Whom it has stopped is at work on it no more, and neither is this one.
  if (held.run === tenancy.run) await slots.update(held, { ...ended, state: "failed" }).catch(() => {});
  throw await refused(context, tenancy, result);
}

function refuseOther(held: Held, tenancy: Tenancy): void {
  if (held.references.join() !== tenancy.references.join() || held.base !== tenancy.base)
    throw new UserError(
      `The name ${held.name} is taken, by ${held.references.join(" ")} of ${held.owner}. Give another --name, or destroy it.`,
    );
  if (held.engine !== tenancy.engine)
    throw new UserError(
      `${held.name} was brought up with --engine ${held.engine}. Go on with that, or destroy it first.`,
    );
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
