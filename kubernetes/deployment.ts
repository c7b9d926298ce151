import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { imageTriggers } from "../platform/image-triggers.ts";
import { customTimeouts } from "./custom-timeouts.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { type PodArgs, podTemplate } from "./pod.ts";
import { serviceAccount } from "./service-account.ts";

export interface DeploymentArgs extends Omit<PodArgs, "serviceAccountName"> {
  /** How long Pulumi waits for a change of it, in minutes: longer than pods may take to end and to start. @default 15 */
  readonly timeoutMinutes?: number;
  /** Whether the former pods run on until the next ones are ready, or end before these start. */
  readonly strategy: "rolling" | "recreate";
}

/** The Deployment `${name}-deployment` of a component, and the component's account. */
export function deployment(
  name: string,
  { timeoutMinutes = 15, strategy, ...pod }: DeploymentArgs,
  opts: pulumi.CustomResourceOptions,
) {
  const { destination, workload } = pod;
  const { component, pods: replicas } = workload;
  const account = serviceAccount(`${name}-account`, { destination, name: component }, opts);
  if (replicas > 1) disruptionBudget(`${name}-budget`, { destination, component }, opts);
  return new k8s.apps.v1.Deployment(
    `${name}-deployment`,
    {
      metadata: destination.workload(component, imageTriggers(pod)),
      spec: {
        replicas,
        strategy:
          strategy === "rolling"
            ? { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
            : { type: "Recreate" },
        selector: { matchLabels: { component } },
        template: podTemplate({ ...pod, serviceAccountName: account.metadata.name }),
      },
    },
    { ...opts, customTimeouts: customTimeouts(timeoutMinutes * 60) },
  );
}
