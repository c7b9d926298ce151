import { randomUUID } from "node:crypto";
import { type ApiClient, ApiError } from "../cluster/api-client.ts";
import { until } from "../cluster/until.ts";
import { CACHE_CONTAINER, type CacheJobArgs, cacheJob } from "../components/repository-cache-job.ts";
import { EnvironmentError, UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { Settings } from "../settings/load.ts";
import { CACHE_COMPONENT, type CacheVolume } from "../settings/repository-cache.ts";
import { human, readLog, type VolumeReport } from "./cache-report.ts";

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
  const job = marked(cacheJob(args) as KubernetesObject);
  signal.throwIfAborted();
  try {
    const uid = await create(client, job);
    return { volume, holders, ...(await watch(work, job, uid)) };
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

/** The annotation by which a run knows its own Job again, whatever became of the answer to its creation. */
const RUN = "packit.dev/run";

function marked(job: KubernetesObject): KubernetesObject {
  const annotations = { ...job.metadata.annotations, [RUN]: randomUUID() };
  return { ...job, metadata: { ...job.metadata, annotations } };
}

/** The Job as it is now, if it is this run's. */
async function readOwn(client: ApiClient, job: KubernetesObject): Promise<Job | undefined> {
  const found = (await client.read(job)) as Job | undefined;
  return found?.metadata.annotations?.[RUN] === job.metadata.annotations?.[RUN] ? found : undefined;
}

/** Makes the Job. One of a former run that has ended, and so holds nothing, makes way. Returns its uid. */
async function create(client: ApiClient, job: KubernetesObject): Promise<string> {
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

/** How long an API server may be out of reach before a run gives up. */
const OUTAGE_SECONDS = 300;

async function watch(work: VolumeWork, job: KubernetesObject, uid: string) {
  const { client, signal, report, onRunning } = work;
  const { namespace = "" } = job.metadata;
  let begun: Promise<void> | undefined;
  let problem: string | undefined;
  let log = "";
  let received = "";
  let lastAnswer = Date.now();
  for (;;) {
    let end: ReturnType<typeof ended>;
    try {
      const known = await readOwn(client, job);
      const labels = { "controller-uid": uid };
      const [pod] = (await client.list(PODS, { namespace, labels })) as Pod[];
      if (pod) {
        log = (await client.log(namespace, pod.metadata.name, CACHE_CONTAINER)) || log;
        report(progress(pod, log));
        if (pod.status?.phase === "Running")
          begun ??= onRunning?.(pod.metadata.name).then(
            (said) => {
              received = said;
            },
            (error) => {
              problem = error instanceof Error ? error.message : String(error);
            },
          );
      }
      end = ended(known);
      lastAnswer = Date.now();
    } catch (error) {
      if (!isPassing(error) || Date.now() - lastAnswer > OUTAGE_SECONDS * 1000) throw error;
      report("the API server does not answer; trying again");
    }
    if (end !== undefined || problem !== undefined) {
      await begun;
      const known = readLog(`${log}\n${received}`);
      const isTold = known.repositories.some(({ state }) => state === "failed");
      const why = problem ?? (isTold ? undefined : withLastLine(end?.problem, log));
      return { ...known, ...(why && { problem: why }) };
    }
    await pause(signal);
  }
}

/** Whether a failure may be over a moment later. */
function isPassing(error: unknown): boolean {
  return error instanceof ApiError ? error.status >= 500 : error instanceof EnvironmentError;
}

/** Where cache.py itself broke, its last words say more than the Job does. */
function withLastLine(problem: string | undefined, log: string): string | undefined {
  const words = log.split("\n").findLast((line) => line.trim() !== "" && !line.startsWith("{"));
  return problem === undefined || words === undefined ? problem : `${problem}: ${words}`;
}

/** How a Job has ended, if it has. */
function ended(job: Job | undefined): { readonly problem?: string } | undefined {
  if (job === undefined) return { problem: "its Job was deleted" };
  const { status } = job;
  const done = status?.conditions?.find(
    (one) => one.status === "True" && ["Complete", "Failed"].includes(one.type),
  );
  if (done === undefined) return undefined;
  return done.type === "Complete" ? {} : { problem: done.message ?? done.reason ?? "its Job failed" };
}

function progress({ status }: Pod, log: string): string {
  const { repositories } = readLog(log);
  const current = repositories.findLast(({ state }) => state === "working");
  if (current) {
    const { repository, bytes = 0, seconds = 0 } = current;
    return `${repository}, ${human(bytes)} in ${seconds} s`;
  }
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  return unscheduled?.message ?? `its pod is ${status?.phase ?? "not there yet"}`;
}

/** Removes this run's Job, and waits until its pod has let go of the volume. */
async function remove(client: ApiClient, job: KubernetesObject): Promise<void> {
  const { namespace = "", name } = job.metadata;
  let uid: string | undefined;
  const gone = async () => {
    try {
      const own = await readOwn(client, job);
      uid ??= own?.metadata.uid;
      if (own) await client.delete(own, uid);
      if (uid === undefined) return true;
      const pods = await client.list(PODS, { namespace, labels: { "controller-uid": uid } });
      return own === undefined && pods.length === 0;
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
