import type { WorkersSettings } from "./settings.ts";

type Pools = Pick<WorkersSettings["workers"], "generic" | "shortRunning" | "longRunning">;

/** Celery's queues that Packit's tasks are put into. */
export type Queue = "short-running" | "long-running" | "rate-limited";

/** A pool's name, its queues, and what its workers do. */
export interface WorkerPoolKind {
  /** Its key among the settings. */
  readonly setting: keyof Pools;
  /** The StatefulSet's name, and so the beginning of each worker's. */
  readonly name: string;
  readonly queues: readonly Queue[];
  /**
   * Whether the workers clone repositories, and so have a cache. The others use the sandbox too: the task that cleans
   * up orphaned claims is a short-running one.
   */
  readonly clones: boolean;
}

/** The account of all workers: the only one that may use the sandbox. */
export const WORKER_ACCOUNT = "packit-worker";

/** The name of the container in which they run. */
export const WORKER = "packit-worker";

export const WORKER_POOLS: readonly WorkerPoolKind[] = [
  {
    setting: "generic",
    name: "packit-worker",
    queues: ["short-running", "long-running", "rate-limited"],
    clones: true,
  },
  { setting: "shortRunning", name: "packit-worker-short-running", queues: ["short-running"], clones: false },
  {
    setting: "longRunning",
    name: "packit-worker-long-running",
    queues: ["long-running", "rate-limited"],
    clones: true,
  },
];

/** The pools that have workers. */
export function activePools(workers: Pools): readonly WorkerPoolKind[] {
  return WORKER_POOLS.filter(({ setting }) => workers[setting].replicas > 0);
}

/** The names of all worker pods that have a cache volume, and another one for their sandbox. */
export function cachedWorkers(workers: Pools): readonly string[] {
  return activePools(workers)
    .filter(({ clones }) => clones)
    .flatMap((kind) => workersOf(workers, kind));
}

/** The names of a pool's worker pods, as its StatefulSet makes them. */
export function workersOf(workers: Pools, { setting, name }: WorkerPoolKind): readonly string[] {
  return Array.from({ length: workers[setting].replicas }, (_, i) => `${name}-${i}`);
}
