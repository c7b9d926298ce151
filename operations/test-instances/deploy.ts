import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { refuseTaken, stackObjects } from "../../cluster/apply.ts";
import { takesTime } from "../../cluster/readiness.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import type { OwnImage } from "../../components/own-images.ts";
import { sandboxTotals, totals } from "../../components/totals.ts";
import { NOTHING, sum } from "../../kubernetes/amounts.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { loadSettings } from "../../settings/load.ts";
import { madeStandIns, type StandIns, standInFrom } from "../../settings/secrets/stand-ins.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import { hostOf, namespacesOf, stackOf, testInstanceConfig } from "../../settings/test-instance.ts";
import { type AcquireArgs, acquire, refuseTooLarge } from "./acquire.ts";
import { refuseUnfit } from "./admission.ts";
import type { Builder } from "./builder.ts";
import { type Context, identitySecrets, slotsOf } from "./context.ts";
import { removeAll } from "./destroy.ts";
import type { Declared } from "./engine.ts";
import { type Build, imagePlan } from "./image-plan.ts";
import type { Held } from "./lease.ts";
import { LeaseHolder } from "./lease-holder.ts";
import { namespaceObject, prepare, refuseForeign, type Space } from "./namespaces.ts";
import type { Program } from "./program.ts";
import { programOf } from "./program-of.ts";
import { showReference } from "./reference.ts";
import type { Request } from "./request.ts";
import { resolve } from "./resolve.ts";
import { keepStandIns, readStandIns } from "./stand-in-secret.ts";
import type { Tenancy } from "./tenancy.ts";

export interface DeployArgs extends AcquireArgs {
  readonly request: Request;
  readonly builder: Builder;
  /** How long its pods may take to be ready. */
  readonly limitSeconds: number;
  /** The account that asks for it. @default - who runs this */
  readonly owner?: string | undefined;
  /** A number that grows from request to request: an older one does not supersede a newer one. */
  readonly order?: number | undefined;
}

/** An instance that is up. */
export interface Deployed {
  readonly held: Held;
  readonly images: Readonly<Record<string, string>>;
}

/** What a deploy would do. */
export interface Plan {
  readonly builds: readonly Build[];
  /** What evaluates the instance. */
  readonly program: Program;
  /** Its namespaces, and what each may hold. */
  readonly spaces: readonly Space[];
  /** What it declares, but for images that are still to be built, and for secrets. */
  readonly objects: readonly KubernetesObject[];
  readonly tenancy: Tenancy;
}

/** Everything that can be known, and be wrong, before anything is made. */
export async function plan(
  context: Context,
  { request, builder, owner, order }: Pick<DeployArgs, "request" | "builder" | "owner" | "order">,
): Promise<Plan> {
  const { pool, github } = context;
  const resolved = await resolve(github, request.references, pool.owners);
  const program = await programOf(context, request, resolved);
  // Its secrets are known only with its slot, and what it asks for does not depend on them.
  const { config, settings, objects } = await declare(context, {
    request,
    program,
    images: request.images,
    secrets: {},
    fasUser: "packit",
  });
  const [own, sandbox, building] = namespacesOf(request.name);
  const tenancy = {
    name: request.name,
    references: request.references.map(showReference),
    base: request.base,
    url: `https://${hostOf(request.name, pool)}/`,
    owner: owner ?? process.env.GITHUB_ACTOR ?? userInfo().username,
    commits: Object.fromEntries(resolved.map(({ reference, sha }) => [reference.repository, sha])),
    engine: context.engine.name,
    parts: request.parts,
    images: request.images,
    run: randomUUID(),
    order,
    wasUp: false,
    state: "deploying",
  } as const;
  const all = imagePlan({
    resolved,
    base: request.base,
    apiUrl: `${tenancy.url}api`,
    // As testInstanceConfig fills it in: every image has its reference.
    images: config.values.images as Record<OwnImage, string>,
  });
  const builds = all.filter(({ image }) => request.images[image] === undefined);
  const amounts = builds.length > 0 ? builder.amounts?.(builds) : undefined;
  const spaces = [
    { name: own, amounts: totals(settings, "peak") },
    ...(request.parts.sandbox ? [{ name: sandbox, amounts: sandboxTotals(settings) }] : []),
    ...(amounts ? [{ name: building, amounts, labels: BUILDS_LABELS }] : []),
  ];
  const admitted = { ...tenancy, requests: requestsOf(spaces) };
  refuseTooLarge(admitted, pool);
  return { builds, program, spaces, objects: await objects("of a plan"), tenancy: admitted };
}

/** Builds are made as root. */
const BUILDS_LABELS = { "pod-security.kubernetes.io/enforce": "privileged" };

/** What namespaces together ask of the budget. */
function requestsOf(spaces: readonly Space[]): Tenancy["requests"] {
  const { requestsCpu, requestsMemory } = sum(spaces.map(({ amounts }) => amounts));
  return { cpu: requestsCpu, memory: requestsMemory };
}

/**
 * Takes a slot, builds images, brings the instance up, and waits until it is ready. A deploy that fails or is stopped
 * keeps its slot for what there is to be looked at or deployed again; where there is nothing, it gives the slot back.
 */
export async function deploy(context: Context, args: DeployArgs): Promise<Deployed> {
  const { tenancy, ...planned } = await plan(context, args);
  const holder = new LeaseHolder(slotsOf(context), await acquire(context, args, tenancy), args.signal);
  const work = { ...args, ...planned, holder, hasSpaces: false, isBuilding: false };
  try {
    return await bringUp(context, work);
  } catch (error) {
    const isEmpty = !work.isBuilding && (await hasNothing(context, args.request.name).catch(() => false));
    await (isEmpty ? giveBack(context, work) : holder.update({ state: "failed" })).catch(() => {});
    throw error;
  } finally {
    await holder.end();
    // Whoever destroys the instance waits until nothing is made any more.
    await holder.answer("stopped").catch(() => {});
  }
}

interface Work extends DeployArgs, Omit<Plan, "tenancy"> {
  readonly holder: LeaseHolder;
  /** Whether namespaces are made, or were gone on with. */
  hasSpaces: boolean;
  /** Whether images are being built: of those that failed, something is there to be looked at. */
  isBuilding: boolean;
}

async function bringUp(context: Context, work: Work): Promise<Deployed> {
  const { client, engine, report } = context;
  const { request, builder, builds, program, objects: planned, spaces, holder, limitSeconds } = work;
  const { signal } = holder;
  const identity = await identitySecrets(context, holder.held.identity);
  report(`slot ${holder.held.slot}, until ${holder.held.expires.toISOString()}`);
  await refuseForeign(context, request.name);
  await refuseTaken(client, stackOf(request.name), planned);
  work.hasSpaces = true;
  await prepare(context, request.name, spaces, signal);
  work.isBuilding = builds.length > 0;
  work.onStage?.(work.isBuilding ? "building" : "deploying", holder.held);
  const built = await builder.build({
    name: request.name,
    builds,
    report: (image, message) => report(`${image}: ${message}`),
    signal,
  });
  work.isBuilding = false;
  const images = { ...request.images, ...built };
  const former = await readStandIns(client, request.name);
  const declared = await declare(context, { request, program, images, ...identity, former });
  // What was built is there: from now on nothing is built, and the budget has it back.
  const [own, sandbox, building] = namespacesOf(request.name);
  const ended = spaces.filter((one) => one.name === building);
  await prepare(
    context,
    request.name,
    ended.map((one) => ({ ...one, amounts: NOTHING })),
    signal,
  );
  // The slot may be lost since the last look at it: nothing is made without it.
  await holder.update({ requests: requestsOf(spaces.filter((one) => !ended.includes(one))) });
  signal.throwIfAborted();
  if (builds.length > 0) work.onStage?.("deploying", holder.held);
  await engine.up(declared, report, signal);
  if (declared.standIns !== former) await keepStandIns(client, request.name, declared.standIns);
  await holder.update({});
  // Only those are awaited: of all other kinds, which are many, nothing is asked for.
  const objects = await stackObjects(client, stackOf(request.name), [own, sandbox], takesTime);
  await waitUntilReady(client, { objects, limitSeconds, report, signal });
  const held = await holder.update({ state: "up", wasUp: true });
  return { held, images };
}

/** Whether there is nothing of an instance in the cluster, but for the namespaces that are made first. */
async function hasNothing({ client }: Context, name: string): Promise<boolean> {
  const spaces = await Promise.all(namespacesOf(name).map((one) => client.read(namespaceObject(one))));
  const there = spaces.flatMap((one) => one?.metadata.name ?? []);
  const found = await stackObjects(client, stackOf(name), there);
  return found.every(({ kind }) => kind === "Namespace");
}

/** Gives a slot back with which nothing was made, and lets go of what the engine may have kept. */
async function giveBack(context: Context, { holder, hasSpaces }: Work): Promise<void> {
  // Whose slot it is not any more has no business with what is there.
  const { name, slot } = await holder.update({ state: "failed" });
  if (hasSpaces) await removeAll(context, name);
  const held = await holder.update({});
  await holder.end();
  if (await slotsOf(context).release(held)) context.report(`slot ${slot} is given back: nothing was made`);
}

interface DeclareArgs {
  readonly request: Request;
  readonly program: Program;
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly fasUser: string;
  /** The stand-ins that it has already. */
  readonly former?: StandIns | undefined;
}

async function declare({ pool, root }: Context, args: DeclareArgs): Promise<Declared> {
  const { request, program, images, secrets, fasUser, former } = args;
  const { name, parts } = request;
  const configFrom = (place: string, given: DeclareArgs["secrets"]) => {
    const base = readStackFile(place, request.base);
    return testInstanceConfig({ name, base, pool, fasUser, secrets: given, images, parts });
  };
  // Of a pull request's program its stack files alone are read here; what its secrets must be, this project says.
  const own = configFrom(root, secrets);
  const config = program.isForeign ? configFrom(program.root, {}) : own;
  const standIns = await madeStandIns(own, former);
  const settings = loadSettings(own, { kind: "given", root, standIn: standInFrom(standIns) });
  const hosts = Object.values(settings.hosts).filter((host) => host !== undefined);
  const objects = async (seed: string) => {
    const declared = await program.objects({ name, config, settings, seed });
    refuseUnfit({ name, hosts }, declared);
    return declared;
  };
  return { name, config, settings, standIns, objects };
}
