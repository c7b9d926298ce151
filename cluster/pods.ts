import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";

/** How a container is, as far as it is looked at. */
export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  /** What its node has pulled. */
  readonly imageID?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly running?: { readonly startedAt?: string };
  };
  readonly lastState?: { readonly terminated?: { readonly reason?: string; readonly finishedAt?: string } };
}

export interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & {
    readonly uid: string;
    /** The time by which it was to be gone. */
    readonly deletionTimestamp?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** The pods of a namespace. */
export async function podsOf(client: Pick<ApiClient, "list">, namespace: string): Promise<Pod[]> {
  // The API server gives them that form.
  return (await client.list({ apiVersion: "v1", kind: "Pod" }, { namespace })) as Pod[];
}

/** How all containers of a pod are, those first that have to end before others begin. */
export function containersOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** The digest of the image that a container's node has pulled; nothing where the node does not say it. */
export function pulledDigest({ imageID = "" }: ContainerStatus): string | undefined {
  // Without a repository before it, it is the digest of something else: of the image's configuration.
  return /@(\w+:[0-9a-f]{64,})$/.exec(imageID)?.[1];
}
