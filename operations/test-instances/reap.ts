import { ApiError } from "../../cluster/api-client.ts";
import { EnvironmentError, knownError, UserError } from "../../errors.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { namespacesOf, STACK_PREFIX, stackOf } from "../../settings/test-instance.ts";
import { type Context, queueOf, slotsOf } from "./context.ts";
import { destroyHeld, removeAll } from "./destroy.ts";
import { type Held, isAtWork, signOfSlot } from "./lease.ts";
import { isOf, namespaceObject } from "./namespaces.ts";
import { signOf } from "./queue.ts";
import { parseReferences } from "./reference.ts";
import { KEEP_LABEL, pullsOf } from "./resolve.ts";
import { unchanged } from "./silence.ts";
import { LostSlot } from "./slots.ts";

export interface ReapArgs {
  /** Whether it is only said what would go. */
  readonly isDry: boolean;
  /** How long a command that is at work, or waits, is watched before it is taken for dead, in seconds. */
  readonly silenceSeconds: number;
}

/** Something that went, or would. */
export interface Reaped {
  readonly name: string;
  readonly why: string;
  /** What kept it from going, if something did. */
  readonly problem?: string;
}

/** Removes what is over: the expired, the closed, the crashed, and what no lease speaks of. */
export async function reap(context: Context, { isDry, silenceSeconds }: ReapArgs): Promise<Reaped[]> {
  const reaped: Reaped[] = [];
  const over = async (name: string, why: string, remove: () => Promise<unknown>) => {
    if (isDry) return reaped.push({ name, why });
    try {
      await remove();
      return reaped.push({ name, why });
    } catch (error) {
      if (error instanceof LostSlot) return context.report(`${name}: somebody is at work on it after all`);
      if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error;
      // Who was killed before the reaper's rights were there leaves a namespace that it may not touch.
      const isForbidden = error instanceof ApiError && error.status === 403;
      const remedy = isForbidden ? ` With your own rights: ./ops test-instance destroy ${name}` : "";
      return reaped.push({ name, why, problem: `${error.message}${remedy}` });
    }
  };
  const slots = slotsOf(context);
  const queue = queueOf(context);
  const atWork = async () => (await slots.held()).filter(isAtWork);
  const [silent, dead] = await Promise.all([
    unchanged(atWork, signOfSlot, silenceSeconds),
    unchanged(() => queue.tickets(), signOf, silenceSeconds),
  ]);
  const looked = (await slots.held()).map(async (held) => {
    const isSilent = silent.some(({ slot, version }) => slot === held.slot && version === held.version);
    // What is wrong with one is no reason to leave the others.
    const why = await reason(context, held, isSilent ? silenceSeconds : undefined).catch((error: unknown) => {
      const problem = knownError(error)?.message;
      if (problem === undefined) throw error;
      return void reaped.push({ name: held.name, why: "cannot be looked at", problem });
    });
    if (why === undefined) return;
    if (why.isOver) return over(held.name, why.text, () => destroyHeld(context, held, { isDead: isSilent }));
    context.report(`${held.name}: ${why.text}`);
    if (!isDry) await slots.update(held, { state: "failed" }).catch(() => {});
  });
  await Promise.all(looked);
  const orphans = await orphanNames(context);
  await Promise.all(
    orphans.map(async (name) => {
      if ((await slotsOf(context).held()).some((one) => one.name === name)) return;
      await over(name, "no lease speaks of it", () => removeAll(context, name));
    }),
  );
  if (!isDry) await Promise.all(dead.map((ticket) => queue.remove(ticket)));
  return reaped;
}

interface Reason {
  readonly text: string;
  /** Whether it is to go; otherwise, what crashed is to be said of it. */
  readonly isOver: boolean;
}

/** Why an instance is over, or has crashed; `silent` is for how long who is at work on it was not heard of. */
async function reason(context: Context, held: Held, silent: number | undefined): Promise<Reason | undefined> {
  if (silent !== undefined) {
    const work = held.state === "destroying" ? "destroying" : "deploying";
    const text = `whoever was ${work} it is not heard of for ${silent} s`;
    // What was up before lives on, to be deployed again.
    return { text, isOver: !(held.wasUp && held.state !== "destroying") };
  }
  if (held.state === "destroying") return undefined;
  const now = await context.client.now();
  const isExpired = held.expires <= now;
  // Whoever is at work on it may be so until its end, whatever becomes of its pull requests.
  if (isAtWork(held) && !isExpired) return undefined;
  const { isKept, isClosed } = await wish(context, held, now);
  if (isKept) return undefined;
  if (isExpired) return { text: `expired at ${held.expires.toISOString()}`, isOver: true };
  return isClosed ? { text: "all of its pull requests are closed", isOver: true } : undefined;
}

/** How long what is over waits for GitHub to be asked whether it is kept. */
const GITHUB_OUTAGE_MS = 24 * 3_600_000;

/** What its namespace and its pull requests say: whether it is kept, and whether these are closed. */
async function wish(
  { client, github, report }: Context,
  { name, references, expires, state }: Held,
  now: Date,
) {
  const [own] = namespacesOf(name);
  const namespace = await client.read(namespaceObject(own));
  if (namespace?.metadata.labels?.[`packit.dev/${KEEP_LABEL}`] === "true")
    return { isKept: true, isClosed: false };
  if (state === "broken") {
    report(`${name}: its lease cannot be read; ./ops test-instance destroy ${name} removes it`);
    return { isKept: false, isClosed: false };
  }
  try {
    return await pullsOf(github, parseReferences(references));
  } catch (error) {
    if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error;
    report(`${name}: ${error.message}`);
    // While GitHub cannot be asked, its label may be there; but not for ever.
    return { isKept: now.getTime() - expires.getTime() < GITHUB_OUTAGE_MS, isClosed: false };
  }
}

/** The names of instances of which there are namespaces, and no lease. */
async function orphanNames(context: Context): Promise<string[]> {
  const namespaces = await context.client.list({ apiVersion: "v1", kind: "Namespace" });
  const held = (await slotsOf(context).held()).map(({ name }) => stackOf(name));
  const stacks = namespaces.flatMap((namespace) => {
    const { metadata } = namespace;
    const stack = metadata.labels?.[STACK_LABEL] ?? "";
    // Only names that this project gives: a label alone can be anybody's.
    const isOwn = stack.startsWith(STACK_PREFIX) && isOf(namespace, nameIn(stack), context.pool);
    const isKeptOne = metadata.labels?.[`packit.dev/${KEEP_LABEL}`] === "true";
    return isOwn && !isKeptOne && !held.includes(stack) ? [stack] : [];
  });
  return [...new Set(stacks)].map(nameIn);
}

function nameIn(stack: string): string {
  return stack.slice(STACK_PREFIX.length);
}
