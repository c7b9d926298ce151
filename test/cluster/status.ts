import type { ApiClient } from "../../cluster/api-client.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";

/** Merges something into an object's status, as its controller does. */
export async function setStatus(client: ApiClient, object: KubernetesObject, status: object): Promise<void> {
  const { apiVersion, metadata } = object;
  const { plural } = await client.resourceOf(object);
  const root = apiVersion.includes("/") ? "apis" : "api";
  const scope = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  const path = `/${root}/${apiVersion}${scope}/${plural}/${metadata.name}/status`;
  await client.request("PATCH", path, { status }, "application/merge-patch+json");
}

/** Says of a pod or a node that it is not ready, as the node lifecycle controller does of those that are lost. */
export function lose(client: ApiClient, object: Anything, status: "False" | "Unknown"): Promise<void> {
  const lost = { type: "Ready", status, lastTransitionTime: new Date(0).toISOString() };
  const others = object.status.conditions.filter(({ type }: { type: string }) => type !== "Ready");
  return setStatus(client, object, { conditions: [...others, lost] });
}

/** Whether a pod or a node is ready. */
export function isReady({ status }: Anything): boolean {
  const ready = ({ type, status }: { type: string; status: string }) => type === "Ready" && status === "True";
  return status.conditions.some(ready);
}
