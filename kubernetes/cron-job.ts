import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type PodArgs, podTemplate } from "./pod.ts";
import { serviceAccount } from "./service-account.ts";

export interface CronJobArgs extends Omit<PodArgs, "serviceAccountName" | "spread" | "restartPolicy"> {
  /** Five cron fields; without them it is never run but by hand. */
  readonly schedule?: string;
  /** @default Etc/UTC */
  readonly timeZone?: string;
  /** How long a run may take, in seconds, before it has failed. */
  readonly limitSeconds: number;
  /** How often a run that failed is tried again. @default - twice; never, if it is run by hand */
  readonly retries?: number;
}

/** The 31st of February: a schedule is required, even of what is suspended. */
const NEVER = "0 0 31 2 *";

/**
 * The CronJob `${name}-cron-job` of a component, and the component's account. One without a schedule is suspended, a
 * template for `oc create job --from=cronjob/NAME`.
 */
export function cronJob(
  name: string,
  { schedule, timeZone = "Etc/UTC", limitSeconds, retries, ...pod }: CronJobArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const { destination } = pod;
  const { component } = pod.workload;
  const account = serviceAccount(`${name}-account`, { destination, name: component }, opts);
  const spec = { ...pod, restartPolicy: "Never", serviceAccountName: account.metadata.name } as const;
  return new k8s.batch.v1.CronJob(
    `${name}-cron-job`,
    {
      metadata: destination.workload(component),
      spec: {
        schedule: schedule ?? NEVER,
        timeZone,
        suspend: schedule === undefined,
        concurrencyPolicy: "Forbid",
        // A run that was missed, as while the cluster was down, is made up for within the hour.
        startingDeadlineSeconds: 3600,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: retries ?? (schedule === undefined ? 0 : 2),
            activeDeadlineSeconds: limitSeconds,
            template: podTemplate(spec),
          },
        },
      },
    },
    opts,
  );
}
