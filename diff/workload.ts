import { z } from "zod";
import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** How many pods Kubernetes makes of a workload that does not say how many. */
export const DEFAULT_REPLICAS = 1;

const workload = z.object({
  kind: z.enum(["Deployment", "StatefulSet"]),
  spec: z.object({
    replicas: z.number().default(DEFAULT_REPLICAS),
    template: z.unknown(),
    strategy: z.object({ type: z.string() }).optional(),
  }),
});

/** What runs pods all the time, as far as that is of interest. */
export type Workload = z.output<typeof workload>;

/** An object as a workload; nothing where it is none. */
export function workloadOf(object: KubernetesObject): Workload | undefined {
  return workload.safeParse(object).data;
}

/** Whether there is a moment without any pod, while all of them are made anew. */
export function hasGap({ kind, spec: { replicas, strategy } }: Workload): boolean {
  // A StatefulSet ends a pod before it makes the next one of the same name.
  return kind === "StatefulSet" ? replicas === 1 : strategy?.type === "Recreate";
}
