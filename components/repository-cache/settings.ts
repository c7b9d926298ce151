import { z } from "zod";
import { part } from "../../schema/part.ts";
import { schedule } from "../../schema/schedule.ts";
import { bytes, flag, gitBranch, objectName, repositoryUrl } from "../../schema/values.ts";
import { type EgressHost, ofUrl } from "../network/egress-host.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { cachedWorkers } from "../workers/pools.ts";
import type { WorkersSettings } from "../workers/settings.ts";
import type { Component } from "../workload.ts";

const repositoryCache = part(
  // What git takes to unpack and check a large repository.
  { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "2Gi" } },
  {
    enabled: flag
      .default(true)
      .describe("Give every worker of a pool that clones, and its sandbox, a cache volume."),
    size: bytes.default("4Gi").describe("The size of each cache volume."),
    storageClass: objectName
      .meta({ example: "gp3" })
      .optional()
      .describe("The class of the cache volumes. Default: that of all volumes."),
    repositories: z
      .array(
        z.strictObject({
          url: repositoryUrl.describe("Where it is cloned from."),
          branches: z
            .array(gitBranch)
            .default([])
            .describe("The branches that are fetched, with all their history; none means all, and all tags."),
        }),
      )
      .default([])
      .describe("What `./ops cache fill` puts into each volume."),
    refresh: z
      .strictObject({
        enabled: flag.default(false).describe("Fill all volumes by a CronJob, too."),
        schedule: schedule.default("0 3 * * 0").describe("When, UTC."),
      })
      .prefault({}),
  },
);

export const repositoryCacheSettings = {
  repositoryCache: repositoryCache.describe("The cache of git repositories that clones borrow from."),
};

export type RepositoryCacheSettings = Readonly<z.output<z.ZodObject<typeof repositoryCacheSettings>>>;

/** The label `component` of the pods that fill the volumes. */
export const CACHE_COMPONENT = "repository-cache";

/** A repository to be cached. */
export interface Repository {
  /** The name of its folder, by which Packit finds it: the last part of its address. */
  readonly name: string;
  readonly url: string;
  readonly branches: readonly string[];
}

export function repositoryOf({
  url,
  branches = [],
}: {
  url: string;
  branches?: readonly string[];
}): Repository {
  const name = (url.split("/").at(-1) ?? "").replace(/\.git$/, "");
  return { name, url, branches };
}

/** A volume with a copy of each repository. */
export interface CacheVolume {
  /** Whether the worker itself mounts it, or the pods in which its users' commands run. */
  readonly side: "sandbox" | "worker";
  /** The worker's pod. */
  readonly worker: string;
  readonly namespace: string;
  /** The name of the volume's claim. */
  readonly claim: string;
}

type CacheSettings = RepositoryCacheSettings & WorkersSettings;

/** The workers that have cache volumes. */
export function workersWithCache({ repositoryCache, workers }: CacheSettings): readonly string[] {
  return repositoryCache.enabled ? cachedWorkers(workers) : [];
}

/** The name of the workers' volume claim template; a worker's claim is named after it and the worker. */
export const CACHE_TEMPLATE = "packit-worker-repository-cache";

/**
 * Both volumes of a worker, in the order in which they must be filled: a clone that borrowed from the worker's volume
 * is copied into the sandbox, which must have all that was borrowed.
 */
export function cacheVolumes(
  worker: string,
  { namespace, sandboxNamespace }: { readonly namespace: string; readonly sandboxNamespace: string },
): readonly [CacheVolume, CacheVolume] {
  return [
    { side: "sandbox", worker, namespace: sandboxNamespace, claim: sandboxCacheClaim(worker) },
    { side: "worker", worker, namespace, claim: workerCacheClaim(worker) },
  ];
}

/** The name that a StatefulSet's template gives the claim of a worker's own cache volume. */
export function workerCacheClaim(worker: string): string {
  return `${CACHE_TEMPLATE}-${worker}`;
}

/**
 * The name under which a worker looks for its sandbox's cache volume; run_worker.sh of the image makes the same one.
 * It must never end in "-pvc": Packit deletes claims named sandcastle-*-pvc that no pod holds.
 */
export function sandboxCacheClaim(worker: string): string {
  return `sandcastle-repository-cache-${worker}`;
}

/** The hosts of the repositories that are cached. */
export function cachedHosts({ repositoryCache }: RepositoryCacheSettings): readonly EgressHost[] {
  const { enabled, repositories } = repositoryCache;
  return enabled ? repositories.map(({ url }) => ofUrl(url, "cached repositories")) : [];
}

/** The ports that the pods reach which fill the volumes. */
function cachePorts(settings: CacheSettings): readonly number[] {
  if (workersWithCache(settings).length === 0) return [];
  return [443, ...cachedHosts(settings).flatMap(({ ports }) => ports)];
}

/** The pods that fill the volumes of one side: each worker's at once. */
export function filling(settings: CacheSettings): readonly Component[] {
  const surge = workersWithCache(settings).length;
  if (surge === 0) return [];
  const containers = { [CACHE_CONTAINER]: settings.repositoryCache.resources };
  return [
    {
      component: CACHE_COMPONENT,
      pods: 0,
      surge,
      containers,
      internet: cachePorts(settings),
      policy: CACHE_CONTAINER,
    },
  ];
}

/** The name of the container that fills a volume, for its log. */
export const CACHE_CONTAINER = "cache";

/** The component that fills all volumes at set times. */
export const REFRESH = "repository-cache-refresh";

/** Whether a CronJob fills the cache volumes; not while the workers are stopped, beside which it runs. */
export function refreshesCache(settings: CacheSettings & Pick<CoreSettings, "maintenance">): boolean {
  return (
    settings.repositoryCache.refresh.enabled && !settings.maintenance && workersWithCache(settings).length > 0
  );
}
