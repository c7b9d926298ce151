import type { Resources } from "../schema/resources.ts";

/**
 * The pods of one Deployment, StatefulSet, Job or CronJob, as they are counted. The pods themselves are made from it:
 * a pod takes what is said here, and nothing else.
 */
export interface Workload {
  /** Its name, and the value of its pods' label `component`. */
  readonly component: string;
  /** Pods that run all the time. */
  readonly pods: number;
  /** Pods besides, for a while: of jobs, and of what is rolled, as a pod counts until a quota's controller looks again. */
  readonly surge: number;
  /** What each container of a pod takes, by its name. */
  readonly containers: Readonly<Record<string, Resources>>;
  /** What each init container takes, while none of the others runs. @default - there is none */
  readonly initContainers?: Readonly<Record<string, Resources>>;
}

/** A claim of a volume of a workload. */
export interface Claim {
  readonly name: string;
  /** How large the volume is. */
  readonly size: string;
  /** The class of its volume. @default - that of all volumes */
  readonly storageClass?: string | undefined;
}

/** What a container of a workload takes. */
export function resourcesOf(workload: Workload, container: string): Resources {
  const found = workload.containers[container] ?? workload.initContainers?.[container];
  if (found === undefined)
    throw new Error(`${workload.component} does not say what its container ${container} takes.`);
  return found;
}
