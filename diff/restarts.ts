import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { fieldDiffs } from "./field-diff.ts";
import { movedImages } from "./moved-images.ts";
import { type ObjectDiff, withoutDigest } from "./object-diff.ts";
import { reasons } from "./restart-reasons.ts";
import { hasGap, workloadOf } from "./workload.ts";

/** What becomes of the pods of a workload. */
export interface Restart {
  readonly kind: "Deployment" | "StatefulSet" | "Job";
  readonly name: string;
  /** The namespace of one that goes from one to another. @default - it stays where it is */
  readonly namespace?: string;
  /** Whether its pods are ended and made anew, are ended, or are made; or whether it is a Job, which runs. */
  readonly what: "restarts" | "stops" | "starts" | "runs";
  /** How many pods there are then; of one that stops, how many there were. */
  readonly pods: number;
  /** Whether there is a moment without any of them, while they restart. */
  readonly hasGap: boolean;
  /** What of its pods changes: fields of theirs, and files that they read, as `packit-service.yaml of Secret packit-config`. */
  readonly because: readonly string[];
}

/** A stack before and after a change, and what differs between the two. */
export interface Change {
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
  readonly objects: readonly ObjectDiff[];
}

/**
 * The workloads whose pods a change restarts, ends or makes, in the order in which that is done.
 *
 * @param order The components of a stack in that order.
 */
export function restarts(change: Change, order: readonly string[]): Restart[] {
  const { before, after } = change;
  const place = ({ name }: Restart) => {
    const found = order.findIndex((component) => name === component || name.startsWith(`${component}-`));
    return found < 0 ? order.length : found;
  };
  const present = after.flatMap((object) =>
    object.kind === "Job" ? jobRestart(before, object) : fate(change, before.find(sameAs(object)), object),
  );
  // What is no longer declared goes last.
  const gone = before
    .filter((object) => !after.some(sameAs(object)))
    .flatMap((object) => stop(object, after));
  return [present, gone].flatMap((all) => all.toSorted((a, b) => place(a) - place(b)));
}

/** A Job whose name is another one runs, and is no restart of anything. */
function jobRestart(before: readonly KubernetesObject[], { kind, metadata }: KubernetesObject): Restart[] {
  const isThere = before.some((one) => one.kind === kind && one.metadata.name === metadata.name);
  if (isThere) return [];
  // The digest at its end is that of masked secrets here, and another one in the cluster.
  const name = withoutDigest(metadata.name);
  return [{ kind: "Job", name, what: "runs", pods: 1, hasGap: false, because: [] }];
}

/** What becomes of a workload that is declared. */
function fate(change: Change, former: KubernetesObject | undefined, object: KubernetesObject): Restart[] {
  const is = workloadOf(object);
  const was = former && workloadOf(former);
  if (!is) return [];
  const { name, namespace } = object.metadata;
  const of = { kind: is.kind, name } as const;
  const [had, pods] = [was?.spec.replicas ?? 0, is.spec.replicas];
  if (pods === 0) return former ? stop(former, change.after) : [];
  if (!was || had === 0) {
    const moved = former ? {} : movedTo(object, change.before);
    return [{ ...of, ...moved, what: "starts", pods, hasGap: false, because: [] }];
  }
  const replaced = change.objects.find(
    (one) =>
      one.what === "replaced" && one.kind === is.kind && one.name === name && one.namespace === namespace,
  );
  const [template, newTemplate] = [was.spec.template, is.spec.template];
  const images = movedImages(change.before, change.after, object);
  if (!replaced && images.length === 0 && fieldDiffs(template, newTemplate).length === 0) return [];
  const because = [
    ...(replaced?.because ?? []),
    ...reasons({ ...change, was: template, is: newTemplate, namespace }),
    ...images,
  ];
  return [{ ...of, what: "restarts", pods, hasGap: replaced !== undefined || hasGap(is), because }];
}

/** The end of all pods of a workload. */
function stop(former: KubernetesObject, after: readonly KubernetesObject[]): Restart[] {
  const was = workloadOf(former);
  if (!was || was.spec.replicas === 0) return [];
  const moved = after.some(sameAs(former)) ? {} : movedTo(former, after);
  const { name } = former.metadata;
  return [
    {
      kind: was.kind,
      name,
      ...moved,
      what: "stops",
      pods: was.spec.replicas,
      hasGap: false,
      because: [],
    },
  ];
}

/** The namespace of a workload, if others have one of its name elsewhere. */
function movedTo(
  { kind, metadata }: KubernetesObject,
  others: readonly KubernetesObject[],
): Pick<Restart, "namespace"> {
  const isMoved = others.some((one) => one.kind === kind && one.metadata.name === metadata.name);
  return isMoved && metadata.namespace !== undefined ? { namespace: metadata.namespace } : {};
}

function sameAs({ kind, metadata: { name, namespace } }: KubernetesObject) {
  return (one: KubernetesObject) =>
    one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace;
}
