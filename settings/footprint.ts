import { isDormant } from "../components/configuration/fedora-ci.ts";
import { CACHE_COMPONENT, workersWithCache } from "../components/repository-cache/settings.ts";
import { activePools } from "../components/workers/pools.ts";
import { isDigest } from "./image-reference.ts";
import { ownImage } from "./images.ts";
import type { Resources } from "./resources.ts";
import type { SchemaOutput } from "./schema.ts";
import { inBytes, inProcessors } from "./values.ts";

/** What a quota counts: processors in thousandths, memory and storage in bytes. */
export interface Amounts {
  readonly requestsCpu: number;
  readonly requestsMemory: number;
  readonly limitsCpu: number;
  readonly limitsMemory: number;
  readonly storage: number;
}

/** The pods of one workload, and what each of its containers may take. */
export interface Footprint {
  /** The workload's name. */
  readonly component: string;
  readonly pods: number;
  /** Pods besides, for a while: of jobs, and of what is rolled, as a pod counts until a quota's controller looks again. */
  readonly extra: number;
  readonly containers: readonly Resources[];
  /** What its init container may take, while none of the others runs. */
  readonly init?: Resources;
}

/** One sandbox pod and its volume, as sandcastle makes them; Packit has no setting for it. */
const SANDBOX = {
  pod: { requests: { cpu: "50m", memory: "512Mi" }, limits: { cpu: "1", memory: "768Mi" } },
  volume: "3Gi",
};

/** Every workload that the settings declare in the instance's own namespace. */
export function footprints(settings: SchemaOutput): readonly Footprint[] {
  const { workers, fluentd, maintenance } = settings;
  const sidecar = settings.withFluentdSidecar ? [fluentd.resources] : [];
  const only = (when: boolean, component: string, { resources }: { resources: Resources }) =>
    when ? [{ component, pods: 1, extra: 1, containers: [resources] }] : [];
  const job = (when: boolean, component: string, { resources }: { resources: Resources }) =>
    when ? [{ component, pods: 0, extra: 1, containers: [resources] }] : [];
  const stopped = (replicas: number) => (maintenance ? 0 : replicas);
  const versions = [settings.postgres.version, settings.postgres.secondVersion ?? []].flat();
  return [
    ...versions.flatMap((version) => only(true, `postgres-${version}`, settings.postgres)),
    ...only(true, "valkey", settings.valkey),
    {
      component: "packit-service",
      pods: stopped(settings.service.replicas),
      extra: maintenance ? 0 : 1,
      containers: [settings.service.resources, ...sidecar],
      ...(migratesInPods(settings) && { init: settings.migration.resources }),
    },
    ...activePools(workers).map(({ name, setting }) => ({
      component: name,
      pods: stopped(workers[setting].replicas),
      extra: maintenance ? 0 : 1,
      containers: [workers[setting].resources, ...sidecar],
    })),
    ...only(settings.withBeat, "packit-service-beat", settings.beat).map(stop),
    ...only(settings.withFedmsg, "packit-service-fedmsg", settings.fedmsg).map((one) => ({
      ...one,
      pods: isDormant(settings) ? 0 : stopped(1),
    })),
    ...only(settings.withDashboard, "packit-dashboard", settings.dashboard).map((one) => ({
      ...one,
      pods: settings.dashboard.replicas,
    })),
    ...only(settings.withFlower, "flower", settings.flower),
    ...only(settings.withPushgateway, "pushgateway", settings.pushgateway),
    ...only(hasProxy(settings), "nginx", settings.nginx).map((one) => ({
      ...one,
      pods: settings.nginx.replicas,
    })),
    ...only(settings.withTokman, "tokman", settings.tokman),
    ...only(settings.withRedisCommander, "redis-commander", settings.redisCommander),
    ...job(!maintenance, "packit-service-migration", settings.migration),
    ...job(settings.withBackup, "packit-backup", settings.backup),
    ...job(settings.withBackup, "packit-restore", settings.backup),
    ...job(settings.postgres.secondVersion !== undefined, "postgres-copy", settings.postgres),
    ...job(importsOnSchedule(settings), "image-import", { resources: IMPORT }),
    // Each worker's volumes are filled at once.
    ...(workersWithCache(settings).length > 0 ? [fillers(settings)] : []),
    ...job(refreshesCache(settings), "repository-cache-refresh", { resources: IMPORT }),
  ];

  function stop<F extends Footprint>(one: F): F {
    return { ...one, pods: stopped(one.pods) };
  }
}

/** The pods that fill cache volumes, one for each worker on either side. */
function fillers({ repositoryCache, workers }: SchemaOutput): Footprint {
  const extra = workersWithCache({ repositoryCache, workers }).length;
  return { component: CACHE_COMPONENT, pods: 0, extra, containers: [repositoryCache.resources] };
}

/** Whether a CronJob fills the cache volumes; not while the workers are stopped, beside which it runs. */
export function refreshesCache(settings: SchemaOutput): boolean {
  return (
    settings.repositoryCache.refresh.enabled && !settings.maintenance && workersWithCache(settings).length > 0
  );
}

/** What a run of `oc` may take. */
export const IMPORT: Resources = {
  requests: { cpu: "10m", memory: "64Mi" },
  limits: { cpu: "200m", memory: "256Mi" },
};

/** What the instance's namespace holds: all the time, or at most, while everything is rolled and every job runs. */
export function totals(settings: SchemaOutput, when: "steady" | "peak"): Amounts {
  const pods = footprints(settings).flatMap((one) => {
    const count = one.pods + (when === "peak" ? one.extra : 0);
    return Array.from({ length: count }, () => ofPod(one));
  });
  return sum([...pods, { ...NOTHING, storage: storage(settings) }]);
}

/** What the sandbox's namespace holds while `quota.sandboxes` sandboxes run. */
export function sandboxTotals(settings: SchemaOutput): Amounts {
  const pods = Array.from({ length: sandboxes(settings) }, () => ({
    ...ofPod({ containers: [SANDBOX.pod] }),
    storage: inBytes(SANDBOX.volume),
  }));
  const filling = workersWithCache(settings).map(() => ofPod(fillers(settings)));
  return sum([...pods, ...filling, { ...NOTHING, storage: caches(settings) }]);
}

/** Sandboxes at once: the setting, else two for each task that may run in one, as a killed task leaves one behind. */
export function sandboxes({ quota, workers, withSandbox }: SchemaOutput): number {
  if (!withSandbox) return 0;
  const tasks = activePools(workers)
    .filter(({ clones }) => clones)
    .map(({ setting }) => workers[setting].replicas * workers[setting].concurrency);
  return quota.sandboxes ?? 2 * tasks.reduce((all, one) => all + one, 0);
}

/** Whether pods of the API can get a new image without `pulumi up`, and so must migrate the database themselves. */
export function migratesInPods(settings: SchemaOutput): boolean {
  return !isDigest(ownImage(settings, "service"));
}

/** Whether a CronJob imports images. */
export function importsOnSchedule({ platform, imagePolicy }: SchemaOutput): boolean {
  return platform !== "kubernetes" && imagePolicy === "schedule";
}

/** Whether there is a reverse proxy: it needs something to show. */
export function hasProxy({ withNginx, withFlower, withPushgateway }: SchemaOutput): boolean {
  return withNginx && (withFlower || withPushgateway);
}

/** What a namespace holds that has no pods and no volumes. */
export const NOTHING: Amounts = {
  requestsCpu: 0,
  requestsMemory: 0,
  limitsCpu: 0,
  limitsMemory: 0,
  storage: 0,
};

function ofPod({ containers, init }: Pick<Footprint, "containers" | "init">): Amounts {
  const all = sum(containers.map(amountsOf));
  if (init === undefined) return all;
  const before = amountsOf(init);
  return each((key) => Math.max(all[key], before[key]));
}

/** What a container takes. */
export function amountsOf({ requests, limits }: Resources): Amounts {
  return {
    requestsCpu: Math.round(inProcessors(requests.cpu) * 1000),
    requestsMemory: inBytes(requests.memory),
    limitsCpu: Math.round(inProcessors(limits.cpu) * 1000),
    limitsMemory: inBytes(limits.memory),
    storage: 0,
  };
}

function storage({ postgres, valkey, ...settings }: SchemaOutput): number {
  const databases = postgres.secondVersion === undefined ? 1 : 2;
  const tokens = settings.withTokman ? inBytes(TOKMAN_STORAGE) : 0;
  return databases * inBytes(postgres.storage) + inBytes(valkey.storage) + tokens + caches(settings);
}

/** The size of the volume for tokman's tokens. */
export const TOKMAN_STORAGE = "1Gi";

function caches(settings: Pick<SchemaOutput, "repositoryCache" | "workers">): number {
  return workersWithCache(settings).length * inBytes(settings.repositoryCache.size);
}

/** What several take together. */
export function sum(all: readonly Amounts[]): Amounts {
  return each((key) => all.reduce((total, one) => total + one[key], 0));
}

function each(amount: (key: keyof Amounts) => number): Amounts {
  return {
    requestsCpu: amount("requestsCpu"),
    requestsMemory: amount("requestsMemory"),
    limitsCpu: amount("limitsCpu"),
    limitsMemory: amount("limitsMemory"),
    storage: amount("storage"),
  };
}
