import { EnvironmentError, UserError } from "../../errors.ts";
import { STACK_LABEL } from "../../platform/site.ts";
import { namespacesOf, STACK_PREFIX, stackOf } from "../../settings/test-instance.ts";
import { type Context, queueOf, slotsOf } from "./context.ts";
import { destroy, removeAll } from "./destroy.ts";
import { parseReferences } from "./reference.ts";
import { areClosed, isKeptByLabel, KEEP_LABEL } from "./resolve.ts";
import type { Held } from "./slots.ts";

export interface ReapArgs {
  /** Whether it is only said what would go. */
  readonly isDry: boolean;
  /** How long a command that is at work on an instance may be silent before it is taken for dead, in seconds. */
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
    context.report(`${name}: ${why}`);
    if (isDry) return reaped.push({ name, why });
    try {
      await remove();
      return reaped.push({ name, why });
    } catch (error) {
      if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error;
      return reaped.push({ name, why, problem: error.message });
    }
  };
  const held = await slotsOf(context).held();
  await Promise.all(
    held.map(async (one) => {
      const why = await reason(context, one, silenceSeconds);
      if (why === undefined) return;
      // Looked at once more: an extension or a new deploy may have come between.
      const again = (await slotsOf(context).held()).find(({ name }) => name === one.name);
      if (again === undefined || again.version !== one.version) return;
      await over(one.name, why, () => destroy(context, one.name));
    }),
  );
  const orphans = await orphanNames(context);
  await Promise.all(
    orphans.map(async (name) => {
      if ((await slotsOf(context).held()).some((one) => one.name === name)) return;
      await over(name, "no lease speaks of it", () => removeAll(context, name));
    }),
  );
  if (!isDry) await queueOf(context).sweep();
  return reaped;
}

/** Why an instance is over, if it is. */
async function reason(context: Context, held: Held, silenceSeconds: number): Promise<string | undefined> {
  const silent = (Date.now() - held.seen.getTime()) / 1000;
  const isAtWork = held.state === "deploying" || held.state === "destroying";
  if (isAtWork && silent > silenceSeconds)
    return `whoever was ${held.state} it is not heard of since ${Math.round(silent)} s`;
  if (isAtWork) return undefined;
  const isExpired = held.expires.getTime() <= Date.now();
  if (await isKept(context, held)) return undefined;
  if (isExpired) return `expired at ${held.expires.toISOString()}`;
  try {
    return (await areClosed(context.github, parseReferences(held.references)))
      ? "all of its pull requests are closed"
      : undefined;
  } catch (error) {
    // GitHub's silence says nothing of a pull request.
    if (!(error instanceof EnvironmentError || error instanceof UserError)) throw error;
    context.report(`${held.name}: ${error.message}`);
    return undefined;
  }
}

/** How long what is over waits for GitHub to be asked whether it is kept. */
const GITHUB_OUTAGE_MS = 24 * 3_600_000;

/** Whether the namespace or a pull request carries the label that keeps an instance. */
async function isKept({ client, github }: Context, { name, references, expires }: Held): Promise<boolean> {
  const [own] = namespacesOf(name);
  const namespace = await client.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: own } });
  if (namespace?.metadata.labels?.[`packit.dev/${KEEP_LABEL}`] === "true") return true;
  // While GitHub cannot be asked, its label may be there; but not for ever.
  const mayBe = Date.now() - expires.getTime() < GITHUB_OUTAGE_MS;
  return isKeptByLabel(github, parseReferences(references)).catch(() => mayBe);
}

/** The names of instances of which there are namespaces, and no lease. */
async function orphanNames(context: Context): Promise<string[]> {
  const namespaces = await context.client.list({ apiVersion: "v1", kind: "Namespace" });
  const held = (await slotsOf(context).held()).map(({ name }) => stackOf(name));
  const stacks = namespaces.flatMap(({ metadata }) => {
    const stack = metadata.labels?.[STACK_LABEL] ?? "";
    // Only names that this project gives: a label alone can be anybody's.
    const isOwn = stack.startsWith(STACK_PREFIX) && namespacesOf(nameIn(stack)).includes(metadata.name);
    const isKeptOne = metadata.labels?.[`packit.dev/${KEEP_LABEL}`] === "true";
    return isOwn && !isKeptOne && !held.includes(stack) ? [stack] : [];
  });
  return [...new Set(stacks)].map(nameIn);
}

function nameIn(stack: string): string {
  return stack.slice(STACK_PREFIX.length);
}
