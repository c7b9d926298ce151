import { z } from "zod";
import { part } from "../../settings/part.ts";
import { schedule } from "../../settings/schedule.ts";
import type { SchemaOutput } from "../../settings/schema.ts";
import { bytes, flag, gitBranch, objectName, repositoryUrl } from "../../settings/values.ts";
import { cachedWorkers } from "../workers/pools.ts";

/** The settings of the cache of git repositories that clones borrow from. */
export const repositoryCache = part(
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

type CacheSettings = Pick<SchemaOutput, "repositoryCache" | "workers">;

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
