import { UserError } from "../errors.ts";
import { KEPT, STACK_LABEL } from "../platform/destination.ts";
import type { Followed } from "../platform/image-triggers.ts";
import { describe, type KubernetesObject, order } from "../render/kubernetes-object.ts";
import { type ApiClient, ApiError, type Resource, uidOf } from "./api-client.ts";
import { refuseSizes } from "./claim-sizes.ts";
import { changedBy, FIELD_MANAGER, isReplaceable, type Planned } from "./dry-run.ts";
import { liveImage, ownersOf, withImages } from "./followed-images.ts";
import { ownerOf, refuseOthers, refuseOthersWithin } from "./ownership.ts";
import { fieldManager, managersOf } from "./pulumi-ownership.ts";
import { refused } from "./refusal.ts";
import { until } from "./until.ts";

/** What an apply did. */
export interface Applied {
  readonly changed: readonly KubernetesObject[];
  readonly unchanged: readonly KubernetesObject[];
  readonly removed: readonly KubernetesObject[];
}

export interface ApplyArgs {
  /** The namespaces of the stack, where nothing else may be looked at. @default - the whole cluster */
  readonly namespaces?: readonly string[];
  /** Ends the work between two kinds of objects. */
  readonly signal?: AbortSignal;
}

/**
 * Applies all objects of a stack server-side, then removes those that it no longer declares. Before the first change
 * all are looked at and tried: objects of others are a UserError, what the API server does not take an
 * EnvironmentError, with all of them. Where its namespaces are named, nothing else is looked at, and no right to do so
 * is needed.
 */
export async function applyStack(
  client: ApiClient,
  stack: string,
  objects: readonly KubernetesObject[],
  { namespaces, signal }: ApplyArgs = {},
): Promise<Applied> {
  const former = await appliedObjects(client, stack, { namespaces });
  const planned = await found(client, objects, former);
  const live = planned.flatMap((one) => one.live ?? []);
  refuseOthers(stack, live, `Objects of ${stack} are there already`);
  const before = new Map(planned.map((one) => [one.object, one.live]));
  const removed = former.filter((old) => !isKept(old) && !objects.some((object) => isSame(old, object)));
  await refuseOthersWithin(client, stack, removed);
  await refuseSizes(client, objects);
  const going = live.filter(isTerminating);
  if (going.length > 0) {
    await waitUntilGone(client, going);
    // With a namespace, all that was in it has gone too.
    return applyStack(client, stack, objects, {
      ...(namespaces && { namespaces }),
      ...(signal && { signal }),
    });
  }
  const differing = await changedBy(client, planned);
  const changed: KubernetesObject[] = [];
  for (const rank of ranks(differing)) {
    signal?.throwIfAborted();
    changed.push(
      ...(await Promise.all(
        rank.map((object) => applyOne(client, object, { others: objects, live: before.get(object) })),
      )),
    );
  }
  await remove(client, removed);
  const unchanged = planned.flatMap((one) => (differing.includes(one.object) ? [] : (one.live ?? [])));
  return { changed, unchanged, removed };
}

/** Refuses objects that are there already and are not the stack's; nothing else is looked at. */
export async function refuseTaken(
  client: ApiClient,
  stack: string,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const live = (await found(client, objects, [])).flatMap((one) => one.live ?? []);
  refuseOthers(stack, live, `Objects of ${stack} are there already`);
}

/** Each object with what is there of it now. What an earlier apply made is known; all else is asked for. */
async function found(
  client: ApiClient,
  objects: readonly KubernetesObject[],
  former: readonly KubernetesObject[],
): Promise<Planned[]> {
  const look = async (object: KubernetesObject) => {
    const live = former.find((old) => isSame(old, object)) ?? (await client.read(object));
    // What somebody else alone has put in stays, if it is the same tag's; what it is shared with goes on being shared.
    const choose = (one: Followed) => {
      const image = liveImage(live, one);
      const owners = ownersOf(live, one);
      const isOthers = owners.length > 0 && !owners.includes(FIELD_MANAGER);
      return image !== undefined && isOthers ? undefined : (image ?? one.reference);
    };
    return { object: withImages(object, choose), live };
  };
  const isNamespace = ({ kind }: KubernetesObject) => kind === "Namespace";
  const spaces = await Promise.all(objects.filter(isNamespace).map(look));
  const missing = spaces.filter(({ live }) => live === undefined).map(({ object }) => object.metadata.name);
  const rest = objects
    .filter((object) => !isNamespace(object))
    // Nothing is in a namespace that is not there.
    .map((object) =>
      missing.includes(object.metadata.namespace ?? "") ? { object, live: undefined } : look(object),
    );
  return [...spaces, ...(await Promise.all(rest))];
}

export interface ApplyOneArgs {
  /** Objects whose secrets the API server might quote in a refusal. @default - the object itself */
  readonly others?: readonly KubernetesObject[];
  /** What was there of it when it was looked at. @default - what is there */
  readonly live?: KubernetesObject | undefined;
}

/**
 * Applies one object; a refusal names it and says why. One that must be made anew takes the place of that which was
 * looked at, and of no other one: what has its name by now, or is of another stack, stays.
 */
export async function applyOne(
  client: ApiClient,
  object: KubernetesObject,
  { others = [object], live }: ApplyOneArgs = {},
): Promise<KubernetesObject> {
  const refusal = (error: unknown) =>
    error instanceof ApiError ? refused([{ object, error }], others) : error;
  try {
    return await client.apply(object, FIELD_MANAGER);
  } catch (error) {
    if (!(error instanceof ApiError && isReplaceable(object, error))) throw refusal(error);
  }
  const former = live ?? (await client.read(object));
  if (former && ownerOf(former) !== ownerOf(object))
    throw new UserError(`${describe(object)} would be made anew, and what is there is another stack's.`);
  if (former) await remove(client, [former]);
  if (await client.read(object))
    throw new UserError(
      `Another ${describe(object)} was made meanwhile, and is left as it is. Run this again.`,
    );
  return client.apply(object, FIELD_MANAGER).catch((error) => {
    throw refusal(error);
  });
}

/** Removes what was applied of a stack; refuses to take other stacks' objects away with it. Returns what is gone. */
export async function removeStack(client: ApiClient, stack: string): Promise<KubernetesObject[]> {
  // A killed run of Pulumi's engine may have made what its state does not know.
  const objects = await appliedObjects(client, stack, { managers: [FIELD_MANAGER, fieldManager(stack)] });
  await refuseOthersWithin(client, stack, objects);
  await remove(client, objects);
  return objects;
}

export interface AppliedArgs {
  /** @default - the whole cluster */
  readonly namespaces?: readonly string[] | undefined;
  /** The names of those who made them. @default - this project's own apply */
  readonly managers?: readonly string[];
}

/** Every object that an earlier apply of the stack made, of whatever kind. */
export async function appliedObjects(
  client: ApiClient,
  stack: string,
  { namespaces, managers = [FIELD_MANAGER] }: AppliedArgs = {},
): Promise<KubernetesObject[]> {
  // Controllers copy labels to what they make; what they made is not ours.
  return (await stackObjects(client, stack, namespaces)).filter((object) =>
    managersOf(object).some((manager) => managers.includes(manager)),
  );
}

/** Every object of the kinds that are wanted that carries the stack's label, whoever made it. */
export async function stackObjects(
  client: ApiClient,
  stack: string,
  namespaces?: readonly string[],
  isWanted: (kind: Resource) => boolean = () => true,
): Promise<KubernetesObject[]> {
  const resources = (await client.listableResources()).filter(isWanted);
  const labels = { [STACK_LABEL]: stack };
  if (namespaces === undefined)
    return (await Promise.all(resources.map((resource) => client.list(resource, { labels })))).flat();
  const within = resources.filter(({ namespaced }) => namespaced);
  const lists = namespaces.flatMap((namespace) =>
    within.map((resource) => client.list(resource, { labels, namespace })),
  );
  const own = client.list({ apiVersion: "v1", kind: "Namespace" }, { labels });
  const named = own.then((all) => all.filter(({ metadata }) => namespaces.includes(metadata.name)));
  return (await Promise.all([...lists, named])).flat();
}

/** Removes objects, users before what they use, and waits until they are gone. */
async function remove(client: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  for (const rank of ranks(objects).reverse()) {
    if (rank[0]?.kind === "Namespace") await removeClaims(client, rank);
    await Promise.all(rank.map((object) => client.delete(object)));
    await waitUntilGone(client, rank);
  }
}

/** Removes the claims that are left in namespaces: the namespace controller is slow with whatever has a finalizer. */
async function removeClaims(client: ApiClient, namespaces: readonly KubernetesObject[]): Promise<void> {
  const kind = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
  const lists = await Promise.all(
    namespaces.map(({ metadata }) => client.list(kind, { namespace: metadata.name })),
  );
  await Promise.all(lists.flat().map((claim) => client.delete(claim)));
  await waitUntilGone(client, lists.flat());
}

async function waitUntilGone(client: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  for (const object of objects) {
    const gone = async () => !isSelf(object, await client.read(object));
    await until(gone, { what: `${describe(object)} to be gone`, limitSeconds: 120 });
  }
}

/** Groups of objects of one rank each, in the order in which they are applied. */
function ranks(objects: readonly KubernetesObject[]): KubernetesObject[][] {
  const byKind = Map.groupBy([...objects].sort(order), ({ kind }) => kind);
  return [...byKind.values()];
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.apiVersion === b.apiVersion && describe(a) === describe(b);
}

/** Whether an object as it was read is the one that is there now, and no other one of its name. */
function isSelf(object: KubernetesObject, now: KubernetesObject | undefined): boolean {
  return now !== undefined && (uidOf(object) === undefined || uidOf(object) === uidOf(now));
}

/** A claim that stays until somebody deletes it by name. */
export function isKept({ metadata: { annotations = {} } }: KubernetesObject): boolean {
  return Object.entries(KEPT).every(([key, value]) => annotations[key] === value);
}

function isTerminating({ metadata }: KubernetesObject): boolean {
  return "deletionTimestamp" in metadata;
}
