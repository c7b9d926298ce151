import { EnvironmentError } from "../errors.ts";
import { KEPT, STACK_LABEL } from "../platform/site.ts";
import { describe, type KubernetesObject, order } from "../render/kubernetes-object.ts";
import { REDACTED } from "../settings/sensitive.ts";
import { type ApiClient, ApiError } from "./api-client.ts";
import { refuseSizes } from "./claim-sizes.ts";
import { until } from "./until.ts";

/** The name under which applied fields are owned. Only objects with it are ever pruned. */
export const FIELD_MANAGER = "packit-apply";

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
 * Applies all objects of a stack server-side, then removes those that it no longer declares. Where its namespaces are
 * named, nothing else is looked at, and no right to do so is needed.
 */
export async function applyStack(
  client: ApiClient,
  stack: string,
  objects: readonly KubernetesObject[],
  { namespaces, signal }: ApplyArgs = {},
): Promise<Applied> {
  await refuseSizes(client, objects);
  const former = await appliedObjects(client, stack, namespaces);
  const versions = new Map(former.map((object) => [describe(object), version(object)]));
  await waitUntilGone(
    client,
    objects.filter((object) => former.some((old) => isSame(old, object) && isTerminating(old))),
  );
  const changed: KubernetesObject[] = [];
  const unchanged: KubernetesObject[] = [];
  for (const rank of ranks(objects)) {
    signal?.throwIfAborted();
    const results = await Promise.all(rank.map((object) => applyOne(client, object)));
    for (const result of results) {
      (versions.get(describe(result)) === version(result) ? unchanged : changed).push(result);
    }
  }
  const removed = former.filter((old) => !isKept(old) && !objects.some((object) => isSame(old, object)));
  await remove(client, removed);
  return { changed, unchanged, removed };
}

/** Applies one object; a refusal names it and says why. */
export async function applyOne(client: ApiClient, object: KubernetesObject): Promise<KubernetesObject> {
  try {
    return await client.apply(object, FIELD_MANAGER);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!isReplaceable(object, error)) throw refused(object, error);
  }
  await remove(client, [object]);
  return client.apply(object, FIELD_MANAGER).catch((error) => {
    throw error instanceof ApiError ? refused(object, error) : error;
  });
}

/** Every object that an earlier apply of the stack made, of whatever kind. */
export async function appliedObjects(
  client: ApiClient,
  stack: string,
  namespaces?: readonly string[],
): Promise<KubernetesObject[]> {
  // Controllers copy labels to what they make; what they made is not ours.
  return (await stackObjects(client, stack, namespaces)).filter((object) =>
    managers(object).includes(FIELD_MANAGER),
  );
}

/** Every object that carries the stack's label, whoever made it. */
export async function stackObjects(
  client: ApiClient,
  stack: string,
  namespaces?: readonly string[],
): Promise<KubernetesObject[]> {
  const resources = await client.listableResources();
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
export async function remove(client: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
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
    const gone = async () => (await client.read(object)) === undefined;
    await until(gone, { what: `${describe(object)} to be gone`, limitSeconds: 120 });
  }
}

/** Workloads hold no data, so that one whose immutable fields change can be made anew; its volumes stay. */
function isReplaceable({ kind }: KubernetesObject, { status, message }: ApiError): boolean {
  const isImmutable = /field is immutable|updates to statefulset spec/.test(message);
  return status === 422 && isImmutable && ["Deployment", "StatefulSet", "Job"].includes(kind);
}

function refused(object: KubernetesObject, { message }: ApiError): EnvironmentError {
  const { data } = object.kind === "Secret" ? (object as { data?: Record<string, string> }) : {};
  const values = Object.values(data ?? {}).flatMap((value) => [
    value,
    Buffer.from(value, "base64").toString(),
  ]);
  const safe = values.filter(Boolean).reduce((text, value) => text.replaceAll(value, REDACTED), message);
  return new EnvironmentError(`The API server refuses ${describe(object)}: ${safe}`);
}

/** Groups of objects of one rank each, in the order in which they are applied. */
function ranks(objects: readonly KubernetesObject[]): KubernetesObject[][] {
  const byKind = Map.groupBy([...objects].sort(order), ({ kind }) => kind);
  return [...byKind.values()];
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.apiVersion === b.apiVersion && describe(a) === describe(b);
}

/** A claim that stays until somebody deletes it by name. */
export function isKept({ metadata: { annotations = {} } }: KubernetesObject): boolean {
  return Object.entries(KEPT).every(([key, value]) => annotations[key] === value);
}

function isTerminating({ metadata }: KubernetesObject): boolean {
  return "deletionTimestamp" in metadata;
}

function version({ metadata }: KubernetesObject): unknown {
  return "resourceVersion" in metadata ? metadata.resourceVersion : undefined;
}

function managers({ metadata }: KubernetesObject): unknown[] {
  const fields =
    "managedFields" in metadata && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return fields.map(({ manager }) => manager);
}
