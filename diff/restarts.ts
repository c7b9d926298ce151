import { z } from "zod";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { withoutDigest } from "./object-diff.ts";
import { reasons } from "./restart-reasons.ts";

/** Pods that are ended and made anew by a change. */
export interface Restart {
  readonly kind: "Deployment" | "StatefulSet" | "Job";
  readonly name: string;
  /** How many pods there are then. */
  readonly pods: number;
  /** Whether there is a moment without any of them. */
  readonly hasGap: boolean;
  /** What of its pods changes: fields of theirs, and files that they read, as `packit-service.yaml of Secret packit-config`. */
  readonly because: readonly string[];
}

const workload = z.object({
  kind: z.enum(["Deployment", "StatefulSet"]),
  spec: z.object({
    replicas: z.number(),
    template: z.unknown(),
    strategy: z.object({ type: z.string() }).optional(),
  }),
});

/**
 * The workloads whose pods a change restarts, in the order in which they are rolled.
 *
 * @param order The components of a stack in that order.
 */
export function restarts(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  order: readonly string[],
): Restart[] {
  const place = ({ name }: Restart) => {
    const found = order.findIndex((component) => name === component || name.startsWith(`${component}-`));
    return found < 0 ? order.length : found;
  };
  const rolled = after.flatMap((object): Restart[] => {
    const { kind, metadata } = object;
    if (kind === "Job") return jobRestart(before, object);
    const former = before.find(
      (one) =>
        one.kind === kind &&
        one.metadata.name === metadata.name &&
        one.metadata.namespace === metadata.namespace,
    );
    const [was, is] = [workload.safeParse(former).data, workload.safeParse(object).data];
    if (!was || !is || Math.min(was.spec.replicas, is.spec.replicas) === 0) return [];
    if (JSON.stringify(was.spec.template) === JSON.stringify(is.spec.template)) return [];
    const { replicas, strategy } = is.spec;
    // A StatefulSet ends a pod before it makes the next one of the same name.
    const hasGap = is.kind === "StatefulSet" ? replicas === 1 : strategy?.type === "Recreate";
    const because = reasons({
      before,
      after,
      was: was.spec.template,
      is: is.spec.template,
      namespace: metadata.namespace,
    });
    return [{ kind: is.kind, name: metadata.name, pods: replicas, hasGap, because }];
  });
  return rolled.toSorted((a, b) => place(a) - place(b));
}

/** A Job whose name is another one runs, and is no restart of anything. */
function jobRestart(before: readonly KubernetesObject[], { kind, metadata }: KubernetesObject): Restart[] {
  const isThere = before.some((one) => one.kind === kind && one.metadata.name === metadata.name);
  // The digest at its end is that of masked secrets here, and another one in the cluster.
  return isThere
    ? []
    : [{ kind: "Job", name: withoutDigest(metadata.name), pods: 1, hasGap: false, because: [] }];
}
