import { type ApiClient, ApiError } from "../cluster/api-client.ts";
import { until } from "../cluster/until.ts";
import { CACHE_CONTAINER, type CacheJobArgs, cacheJob } from "../components/repository-cache-job.ts";
import { UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { Settings } from "../settings/load.ts";
import { CACHE_COMPONENT, type CacheVolume } from "../settings/repository-cache.ts";
import { readLog, type VolumeReport } from "./cache-report.ts";

export interface VolumeWork {
  readonly client: ApiClient;
  readonly settings: Settings;
  readonly volume: CacheVolume;
  readonly task: CacheJobArgs["task"];
  /** How long the Job may take; the cluster ends it then, even if nobody is left who watches it. */
  readonly limitSeconds: number;
  /** How long to wait for sandboxes to end that hold the volume. */
  readonly waitSeconds: number;
  /** Ends the work, and removes the Job. */
  readonly signal: AbortSignal;
  /** Told what goes on. */
  readonly report: (message: string) => void;
  /** Called once the Job's pod runs. What it returns is read as if the pod had said it. */
  readonly onRunning?: (pod: string) => Promise<string>;
}

const PODS = { apiVersion: "v1", kind: "Pod" };

/** Runs a Job on a cache volume, watches it, and removes it, however it ends. */
export async function workOn(work: VolumeWork): Promise<VolumeReport> {
  const { client, volume, signal } = work;
  await refuseMissing(client, volume);
  if (volume.side === "sandbox") await waitForRoom(work);
  const holders = await holdersOf(client, volume);
  const { settings, task, limitSeconds } = work;
  const args = { settings, volume, task, limitSeconds, workerRuns: holders.length > 0 };
  // Made from settings alone, it holds nothing that is known only later.
  const job = cacheJob(args) as KubernetesObject;
  signal.throwIfAborted();
  await create(client, job);
  try {
    return { volume, holders, ...(await watch(work, job)) };
  } finally {
    work.report("removing its pod");
    await remove(client, job);
  }
}

/** The pods that mount a volume, but for those that work on it as a cache. */
export async function holdersOf(client: ApiClient, { namespace, claim }: CacheVolume): Promise<string[]> {
  const pods = (await client.list(PODS, { namespace })) as Pod[];
  const holding = pods.filter(({ metadata, spec, status }) => {
    if (metadata.labels?.component === CACHE_COMPONENT) return false;
    const claims = (spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
    return claims.includes(claim) && !["Succeeded", "Failed"].includes(status?.phase ?? "");
  });
  return holding.map(({ metadata }) => metadata.name);
}

interface Pod extends KubernetesObject {
  readonly spec: {
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
  };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

async function refuseMissing(client: ApiClient, { namespace, claim }: CacheVolume): Promise<void> {
  const object = { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: claim, namespace } };
  if ((await client.read(object)) === undefined)
    throw new UserError(`There is no volume claim ${claim} in ${namespace}. Bring the stack up first.`);
}

/** A volume serves one pod at a time, and a sandbox comes before what fills it. */
async function waitForRoom({ client, volume, waitSeconds, signal, report }: VolumeWork): Promise<void> {
  const end = Date.now() + waitSeconds * 1000;
  for (;;) {
    signal.throwIfAborted();
    const holders = await holdersOf(client, volume);
    if (holders.length === 0) return;
    const who = `the pod ${holders.join(", ")} of ${volume.worker} holds it`;
    if (Date.now() > end)
      throw new UserError(`${who}, ${waitSeconds} s on. Wait longer with --wait SECONDS.`);
    report(`waiting: ${who}`);
    await pause(signal);
  }
}

async function create(client: ApiClient, job: KubernetesObject): Promise<void> {
  try {
    await client.create(job, "packit-cache");
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) throw error;
    const { namespace, name } = job.metadata;
    throw new UserError(`Somebody else is at work on it: there is a Job ${namespace}/${name} already.`);
  }
}

async function watch(work: VolumeWork, job: KubernetesObject) {
  const { client, signal, report, onRunning } = work;
  const { namespace = "", name } = job.metadata;
  let begun: Promise<void> | undefined;
  let problem: string | undefined;
  let log = "";
  for (;;) {
    const end = ended(await client.read(job));
    const [pod] = (await client.list(PODS, { namespace, labels: { "job-name": name } })) as Pod[];
    if (pod) {
      log = (await client.log(namespace, pod.metadata.name, CACHE_CONTAINER)) || log;
      report(progress(pod, log));
      if (pod.status?.phase === "Running")
        begun ??= onRunning?.(pod.metadata.name).then(
          (said) => {
            log += said;
          },
          (error) => {
            problem = error instanceof Error ? error.message : String(error);
          },
        );
    }
    if (end !== undefined || problem !== undefined) {
      await begun;
      const known = readLog(log);
      const isTold = known.repositories.some(({ state }) => state === "failed");
      const why = problem ?? (isTold ? undefined : end?.problem);
      return { ...known, ...(why && { problem: why }) };
    }
    await pause(signal);
  }
}

/** How a Job has ended, if it has. */
function ended(job: KubernetesObject | undefined): { readonly problem?: string } | undefined {
  if (job === undefined) return { problem: "its Job was deleted" };
  const { status } = job as { status?: { conditions?: readonly Condition[] } } & KubernetesObject;
  const done = status?.conditions?.find(
    (one) => one.status === "True" && ["Complete", "Failed"].includes(one.type),
  );
  if (done === undefined) return undefined;
  return done.type === "Complete" ? {} : { problem: done.message ?? done.reason ?? "its Job failed" };
}

function progress({ status }: Pod, log: string): string {
  const { repositories } = readLog(log);
  const current = repositories.findLast(({ state }) => state === "working");
  if (current) return `${current.repository}, ${repositories.length} begun`;
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  return unscheduled?.message ?? `its pod is ${status?.phase ?? "not there yet"}`;
}

/** Removes a Job and waits until its pod has let go of the volume. */
async function remove(client: ApiClient, job: KubernetesObject): Promise<void> {
  await client.delete(job);
  const { namespace = "", name } = job.metadata;
  const gone = async () =>
    (await client.list(PODS, { namespace, labels: { "job-name": name } })).length === 0;
  await until(gone, { what: `the pod of Job ${namespace}/${name} to be gone`, limitSeconds: 90 });
}

/** A second, or until the work is ended. */
async function pause(signal: AbortSignal): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    setTimeout(() => signal.removeEventListener("abort", end), 1000);
  });
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
}
