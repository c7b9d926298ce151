import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { type ApiClient, ApiError } from "./api-client.ts";
import { UnknownKind } from "./kinds.ts";
import { type Refusal, refused } from "./refusal.ts";

/** The name under which applied fields are owned. Only objects with it are ever pruned. */
export const FIELD_MANAGER = "packit-apply";

/** A namespace that every cluster has. What is to be in one that is not there yet is tried in it. */
const ANYWHERE = "default";

/** An object that is to be applied, and the same as it is now, if it is there. */
export interface Planned {
  readonly object: KubernetesObject;
  readonly live: KubernetesObject | undefined;
}

/**
 * Has the API server try all objects without doing anything. Returns those that an apply would change; fails with all
 * that it refuses, and why. What depends on more than the objects, as a right or a quota, is left to the apply.
 */
export async function changedBy(client: ApiClient, planned: readonly Planned[]): Promise<KubernetesObject[]> {
  const isThere = ({ metadata: { namespace } }: KubernetesObject) =>
    namespace === undefined ||
    !planned.some(({ object, live }) => isNamespace(object, namespace) && live === undefined);
  const outcomes = await Promise.all(
    planned.map(async (one) => {
      try {
        return { ...one, isChanged: await wouldChange(client, one, isThere(one.object)) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { ...one, isChanged: true, ...(isRefusal(error) && { error }) };
      }
    }),
  );
  const refusals = outcomes.filter((one): one is typeof one & Refusal => "error" in one);
  if (refusals.length > 0)
    throw refused(
      refusals,
      planned.map(({ object }) => object),
    );
  return outcomes.filter(({ isChanged }) => isChanged).map(({ object }) => object);
}

/** Workloads hold no data, so that one whose immutable fields change can be made anew; its volumes stay. */
export function isReplaceable({ kind }: KubernetesObject, { status, message }: ApiError): boolean {
  const isImmutable = /field is immutable|updates to statefulset spec/.test(message);
  return status === 422 && isImmutable && ["Deployment", "StatefulSet", "Job"].includes(kind);
}

async function wouldChange(client: ApiClient, { object, live }: Planned, isThere: boolean): Promise<boolean> {
  const elsewhere = { ...object, metadata: { ...object.metadata, namespace: ANYWHERE } };
  if (!isThere) {
    await client.tryCreate(elsewhere);
    return true;
  }
  try {
    const outcome = await client.apply(object, FIELD_MANAGER, { isDry: true });
    return live === undefined || !isDeepStrictEqual(essence(outcome), essence(live));
  } catch (error) {
    if (!(error instanceof ApiError && isReplaceable(object, error))) throw error;
    // Before the former one is removed, it must be known that there can be a new one.
    await client.tryCreate(elsewhere);
    return true;
  }
}

function isRefusal(error: ApiError): boolean {
  // A webhook on the way may be one that must not be tried.
  return (
    error instanceof UnknownKind || (error.isRefusal && !error.message.includes("does not support dry run"))
  );
}

/** What an apply decides of an object: its fields, and which of them are owned. */
function essence({ status: _, metadata, ...fields }: KubernetesObject): object {
  const { managedFields, resourceVersion, generation, ...own } = metadata as typeof metadata & Served;
  const owned = managedFields
    ?.filter(({ manager }) => manager === FIELD_MANAGER)
    .map(({ fieldsV1 }) => fieldsV1);
  return { ...fields, metadata: own, owned };
}

interface Served {
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly managedFields?: readonly { readonly manager?: string; readonly fieldsV1?: object }[];
}

function isNamespace({ kind, metadata }: KubernetesObject, name: string): boolean {
  return kind === "Namespace" && metadata.name === name;
}
