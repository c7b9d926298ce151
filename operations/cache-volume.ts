import { cacheJob } from "../components/repository-cache/fill-job.ts";
import { CACHE_COMPONENT, type CacheVolume } from "../components/repository-cache/settings.ts";
import { UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { type CacheClient, create, marked, PODS, type Pod, remove } from "./cache-job.ts";
import type { VolumeReport } from "./cache-report.ts";
import { pause, watch } from "./cache-watch.ts";
import type { VolumeWork } from "./cache-work.ts";

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
export async function holdersOf(client: CacheClient, { namespace, claim }: CacheVolume): Promise<string[]> {
  const pods = (await client.list(PODS, { namespace })) as Pod[];
  const holding = pods.filter(({ metadata, spec, status }) => {
    if (metadata.labels?.component === CACHE_COMPONENT) return false;
    const claims = (spec.volumes ?? []).map((volume) => volume.persistentVolumeClaim?.claimName);
    return claims.includes(claim) && !["Succeeded", "Failed"].includes(status?.phase ?? "");
  });
  return holding.map(({ metadata }) => metadata.name);
}

async function refuseMissing(client: CacheClient, { namespace, claim }: CacheVolume): Promise<void> {
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
