import { randomUUID } from "node:crypto";
import { type ApiClient, ApiError } from "../cluster/api-client.ts";
import { until } from "../cluster/until.ts";
import { EnvironmentError, UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** What is asked of the API server. */
export type CacheClient = Pick<ApiClient, "read" | "list" | "create" | "delete" | "askLog">;

export const PODS = { apiVersion: "v1", kind: "Pod" };

export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Job extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly uid: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** The annotation by which a run knows its own Job again, whatever became of the answer to its creation. */
const RUN = "packit.dev/run";

/** A Job that this run will know again. */
export function marked(job: KubernetesObject): KubernetesObject {
  const annotations = { ...job.metadata.annotations, [RUN]: randomUUID() };
  return { ...job, metadata: { ...job.metadata, annotations } };
}

/** The Job as it is now, if it is this run's. */
export async function readOwn(client: CacheClient, job: KubernetesObject): Promise<Job | undefined> {
  const found = (await client.read(job)) as Job | undefined;
  return found?.metadata.annotations?.[RUN] === job.metadata.annotations?.[RUN] ? found : undefined;
}

/** The Job's pod, if it has one. */
export async function podOf(client: CacheClient, { metadata }: KubernetesObject, uid: string) {
  const { namespace = "" } = metadata;
  const pods = await client.list(PODS, { namespace, labels: { "controller-uid": uid } });
  return pods[0] as Pod | undefined;
}

/** Makes the Job. One of a former run that has ended, and so holds nothing, makes way. Returns its uid. */
export async function create(client: CacheClient, job: KubernetesObject): Promise<string> {
  try {
    return ((await client.create(job, "packit-cache")) as Job).metadata.uid;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
  const former = (await client.read(job)) as Job | undefined;
  if (former !== undefined && ended(former) === undefined) {
    const { namespace, name } = job.metadata;
    throw new UserError(`Somebody else is at work on it: there is a Job ${namespace}/${name} already.`);
  }
  if (former !== undefined) {
    await client.delete(former, former.metadata.uid);
    const gone = async () => (await client.read(job)) === undefined;
    await until(gone, { what: `the ended Job ${job.metadata.name} to be gone`, limitSeconds: 60 });
  }
  return ((await client.create(job, "packit-cache")) as Job).metadata.uid;
}

/** Removes this run's Job, and waits until its pod has let go of the volume. */
export async function remove(client: CacheClient, job: KubernetesObject): Promise<void> {
  const { namespace = "", name } = job.metadata;
  let uid: string | undefined;
  const gone = async () => {
    try {
      const own = await readOwn(client, job);
      uid ??= own?.metadata.uid;
      if (own) await client.delete(own, uid);
      if (uid === undefined) return true;
      return own === undefined && (await podOf(client, job, uid)) === undefined;
    } catch (error) {
      if (!isPassing(error)) throw error;
      return false;
    }
  };
  await until(gone, {
    what: `the pod of Job ${namespace}/${name} to be gone`,
    limitSeconds: 120,
    everyMs: 300,
  });
}

/** How a Job has ended, if it has. */
export function ended(job: Job | undefined): { readonly problem?: string } | undefined {
  if (job === undefined) return { problem: "its Job was deleted" };
  const { status } = job;
  const done = status?.conditions?.find(
    (one) => one.status === "True" && ["Complete", "Failed"].includes(one.type),
  );
  if (done === undefined) return undefined;
  return done.type === "Complete" ? {} : { problem: done.message ?? done.reason ?? "its Job failed" };
}

/** Whether a failure may be over a moment later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ApiError ? error.status >= 500 : error instanceof EnvironmentError;
}
