import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type PodArgs, podTemplate } from "./pod.ts";

export interface DeploymentArgs extends PodArgs {
  /** Pods. @default 1 */
  readonly replicas?: number;
  /** Annotations of the Deployment itself. */
  readonly workloadAnnotations?: Record<string, string>;
}

/** A Deployment named after its component. The former pod is gone before the next one starts. */
export function deployment(name: string, args: DeploymentArgs, opts: pulumi.CustomResourceOptions) {
  const { site, component, replicas = 1, workloadAnnotations } = args;
  return new k8s.apps.v1.Deployment(
    name,
    {
      metadata: site.workload(component, workloadAnnotations),
      spec: {
        replicas,
        strategy: { type: "Recreate" },
        selector: { matchLabels: { component } },
        template: podTemplate(args),
      },
    },
    opts,
  );
}
