import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { ApiClient } from "../../cluster/api-client.ts";
import { stackObjects } from "../../cluster/apply.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import { UserError } from "../../errors.ts";
import { STACK_LABEL } from "../../platform/site.ts";
import { showDuration } from "../../settings/duration.ts";
import { sandboxTotals, totals } from "../../settings/footprint.ts";
import type { OwnImage } from "../../settings/images.ts";
import type { Settings } from "../../settings/load.ts";
import { standIns } from "../../settings/stand-ins.ts";
import { hostOf, namespacesOf, stackOf, testInstanceConfig } from "../../settings/test-instance.ts";
import type { Builder } from "./builder.ts";
import { budgetOf, type Context, identitySecrets, queueOf, slotsOf } from "./context.ts";
import type { Declared } from "./engine.ts";
import { type Build, imagePlan } from "./image-plan.ts";
import { ownProgram, type Program, programAt } from "./program.ts";
import { SILENCE_SECONDS } from "./queue.ts";
import { showReference } from "./reference.ts";
import type { Request } from "./request.ts";
import { type Resolved, resolve } from "./resolve.ts";
import type { Held, Taken, Tenancy } from "./slots.ts";
import { Tenure } from "./tenure.ts";

export interface DeployArgs {
  readonly request: Request;
  readonly builder: Builder;
  /** How long to wait in the queue for a slot; 0 does not wait. */
  readonly waitSeconds: number;
  /** How long its pods may take to be ready. */
  readonly limitSeconds: number;
  /** Whether only an instance that is there is deployed anew, and none is made. */
  readonly onlyExisting: boolean;
}

/** An instance that is up. */
export interface Deployed {
  readonly held: Held;
  readonly settings: Settings;
  readonly images: Readonly<Record<string, string>>;
}

/** What a deploy would do. */
export interface Plan {
  readonly resolved: readonly Resolved[];
  readonly builds: readonly Build[];
  readonly settings: Settings;
  readonly tenancy: Tenancy;
}

/** Everything that can be known, and be wrong, before anything is made. */
export async function plan(context: Context, { request }: Pick<DeployArgs, "request">): Promise<Plan> {
  const { pool, github } = context;
  const resolved = await resolve(github, request.references, pool.owners);
  const program = await programOf(context, request, resolved);
  // Its secrets are known only with its slot, and what it asks for does not depend on them.
  const declared = await declare(context, {
    request,
    program,
    images: request.images,
    secrets: {},
    fasUser: "packit",
  });
  const { settings } = declared;
  const own = totals(settings, "steady");
  const sandbox = sandboxTotals(settings);
  const tenancy: Tenancy = {
    name: request.name,
    references: request.references.map(showReference),
    base: request.base,
    url: `https://${hostOf(request.name, pool)}/`,
    owner: process.env.GITHUB_ACTOR ?? userInfo().username,
    commits: Object.fromEntries(resolved.map(({ reference, sha }) => [reference.repository, sha])),
    requests: {
      cpu: own.requestsCpu + sandbox.requestsCpu,
      memory: own.requestsMemory + sandbox.requestsMemory,
    },
    engine: context.engine.name,
    parts: request.parts,
    images: request.images,
    run: randomUUID(),
    wasUp: false,
    state: "deploying",
  };
  const base = program.readStackFile(program.root, request.base);
  const all = imagePlan({
    resolved,
    base: request.base,
    apiUrl: `${tenancy.url}api`,
    images: testImages(base, context, request),
  });
  const builds = all.filter(({ image }) => request.images[image] === undefined);
  refuseTooLarge(tenancy, pool);
  return { resolved, builds, settings, tenancy };
}

/** Takes a slot, builds images, brings the instance up, and waits until it is ready. */
export async function deploy(context: Context, args: DeployArgs): Promise<Deployed> {
  const { request, builder, limitSeconds } = args;
  const { resolved, builds, tenancy } = await plan(context, args);
  const tenure = new Tenure(slotsOf(context), await acquire(context, args, tenancy));
  try {
    const { client, engine, report } = context;
    const { signal } = tenure;
    const identity = await identitySecrets(context, tenure.held.identity);
    report(`slot ${tenure.held.slot}, until ${tenure.held.expires.toISOString()}`);
    const built = await builder.build({
      name: request.name,
      builds,
      report: (image, message) => report(`${image}: ${message}`),
      signal,
    });
    const images = { ...request.images, ...built };
    const program = await programOf(context, request, resolved);
    const declared = await declare(context, { request, program, images, ...identity });
    await refuseForeign(client, request.name);
    // The slot may be lost since the last look at it: nothing is made without it.
    await tenure.update({});
    await engine.up(declared, report, signal);
    await tenure.update({});
    const [own, sandbox] = namespacesOf(request.name);
    const objects = await stackObjects(client, stackOf(request.name), [own, sandbox]);
    await waitUntilReady(client, { objects, limitSeconds, report });
    const held = await tenure.update({ state: "up", wasUp: true });
    return { held, settings: declared.settings, images };
  } catch (error) {
    // The lease stays until it expires, and what was made with it: to be looked at, or deployed again.
    await tenure.update({ state: "failed" }).catch(() => {});
    throw error;
  } finally {
    tenure.end();
  }
}

interface DeclareArgs {
  readonly request: Request;
  readonly program: Program;
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly fasUser: string;
}

async function declare({ pool, root }: Context, args: DeclareArgs): Promise<Declared> {
  const { request, program, images, secrets, fasUser } = args;
  const { name, parts } = request;
  const base = program.readStackFile(program.root, request.base);
  const config = testInstanceConfig({ name, base, pool, fasUser, secrets, images, parts });
  const hosts = Object.values(config.values.hosts as Record<string, string>);
  const standIn = await standIns(join(root, ".local", "stand-ins", stackOf(name)), hosts);
  return { name, config, program, settings: program.loadSettings(config, { kind: "given", root, standIn }) };
}

function testImages(base: ReturnType<Program["readStackFile"]>, { pool }: Context, { name, parts }: Request) {
  const { values } = testInstanceConfig({ name, base, pool, fasUser: "", secrets: {}, images: {}, parts });
  return values.images as Record<OwnImage, string>;
}

/** The program itself can be on test. */
function programOf(
  { root }: Context,
  { name }: Request,
  resolved: readonly Resolved[],
): Promise<Program> | Program {
  const own = resolved.find(({ reference }) => reference.repository === "deployment");
  return own === undefined ? ownProgram(root) : programAt(root, worktreeOf(root, name, own.sha), own);
}

/** Where the worktree of an instance's program is. */
export function worktreeOf(root: string, name: string, sha: string): string {
  return join(root, ".local", "worktrees", `${name}-${sha.slice(0, 10)}`);
}

function refuseTooLarge({ name, requests }: Tenancy, pool: Context["pool"]): void {
  const budget = budgetOf(pool);
  if (requests.cpu <= budget.cpu && requests.memory <= budget.memory) return;
  throw new UserError(
    `${name} would ask for ${show(requests)}, and all instances together may ask for ${show(budget)} (packit:testInstances.budget).`,
  );
}

/** Takes a slot, or that which an instance of the same name and references has. */
async function acquire(context: Context, args: DeployArgs, tenancy: Tenancy): Promise<Held> {
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
  if (args.waitSeconds === 0 && (await living(context)).length === 0) {
    const result = await slots.take(tenancy, take);
    if ("refused" in result) throw refused(tenancy, result);
    return result;
  }
  return queued(context, args, tenancy, take);
}

/** Namespaces of an instance's names that are somebody else's are left alone. */
async function refuseForeign(client: ApiClient, name: string): Promise<void> {
  for (const namespace of namespacesOf(name)) {
    const found = await client.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
    if (found && found.metadata.labels?.[STACK_LABEL] !== stackOf(name))
      throw new UserError(
        `There is a namespace ${namespace} that is no test instance's. Give another --name.`,
      );
  }
}

/** Waits for its turn: as many of those that wait may try as there are free slots. */
async function queued(
  context: Context,
  args: DeployArgs,
  tenancy: Tenancy,
  take: Parameters<ReturnType<typeof slotsOf>["take"]>[1],
) {
  const slots = slotsOf(context);
  const queue = queueOf(context);
  const end = Date.now() + args.waitSeconds * 1000;
  let ticket = await queue.join(tenancy.name);
  let renewed = Date.now();
  try {
    for (;;) {
      const [held, waiting] = await Promise.all([slots.held(), living(context)]);
      const place = waiting.findIndex(({ id }) => id === ticket.metadata.name);
      const isTurn = place >= 0 && place < context.pool.limit - held.length;
      const result = isTurn ? await slots.take(tenancy, take) : ({ refused: "full", held } as const);
      if (!("refused" in result)) return result;
      if (result.refused === "name" || Date.now() >= end) throw refused(tenancy, result, place);
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

async function living(context: Context) {
  return (await queueOf(context).tickets()).filter(({ isDead }) => !isDead);
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
  const budget = budgetOf(context.pool);
  const sum = (key: "cpu" | "memory") =>
    [tenancy, ...others].reduce((all, one) => all + one.requests[key], 0);
  if (sum("cpu") > budget.cpu || sum("memory") > budget.memory)
    throw refused(tenancy, { refused: "budget", held: others });
  context.report(`${held.name} is deployed anew; its expiry stays ${held.expires.toISOString()}`);
  const wasUp = held.state === "up" || held.wasUp;
  return slotsOf(context).update(held, { ...tenancy, owner: held.owner, identity: held.identity, wasUp });
}

function refused(tenancy: Tenancy, { refused: why, held }: Taken, before = 0): UserError {
  const who = holders(held);
  if (why === "name") return new UserError(`The name ${tenancy.name} is taken just now. ${who}`);
  if (why === "budget")
    return new UserError(
      `${tenancy.name} asks for ${show(tenancy.requests)}, which the pool has not left. ${who}`,
    );
  const queue = before > 0 ? ` ${before} wait before it.` : "";
  return new UserError(`Every slot is taken.${queue} ${who} Wait for one with --wait 30m.`);
}

/** Who holds what, and until when. */
export function holders(held: readonly Held[]): string {
  const list = held.map(({ name, owner, expires }) => {
    const left = showDuration((expires.getTime() - Date.now()) / 1000);
    return `${name} of ${owner} until ${expires.toISOString().slice(0, 16)}Z (${left})`;
  });
  return list.length === 0 ? "" : `Held: ${list.join("; ")}.`;
}

function show({ cpu, memory }: Tenancy["requests"]): string {
  return `${cpu / 1000} processors and ${(memory / 2 ** 30).toFixed(1)}Gi`;
}
