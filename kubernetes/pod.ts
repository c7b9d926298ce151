import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";
import { type ContainerArgs, container, type Mount, secretOf } from "./container.ts";
import { DIGEST_ANNOTATION } from "./digest-annotation.ts";
import { omitUndefined } from "./omit-undefined.ts";
import { resourcesOf, type Workload } from "./workload.ts";

export interface PodArgs {
  /** Where its workload goes. */
  readonly destination: Destination;
  /** What its containers take, and its label `component`, by which Services, selectors and network policies find it. */
  readonly workload: Workload;
  /** What runs in it; the first is what the pod is for, the others are side-cars. */
  readonly containers: readonly ContainerArgs[];
  /** What runs, and must succeed, before them. @default - nothing */
  readonly initContainers?: readonly ContainerArgs[];
  /** Annotations of the pod. */
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The account that it runs as. */
  readonly serviceAccountName: pulumi.Input<string>;
  /** Whether it gets that account's token. @default false */
  readonly usesApi?: boolean;
  /** How long it may take to end. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** Whether it is kept away from others of its component, be there any now or not: more must not roll it. @default false */
  readonly spread?: boolean;
  /** What a job's pod needs to say. @default Always */
  readonly restartPolicy?: "Never";
  /** The name of a pod whose node it must share, as a volume of that pod is on that node alone. @default - any node */
  readonly beside?: string | undefined;
  /** Labels of the nodes that it is confined to; an empty map confines it to none. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/**
 * A pod template. It gets only the files, keys and tokens that it names, and fits OpenShift's restricted-v2 and
 * Kubernetes' Pod Security `restricted`.
 */
export function podTemplate(args: PodArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { destination, workload } = args;
  const { component } = workload;
  const all = [...args.containers, ...(args.initContainers ?? [])];
  const digest = digestOf(all);
  const annotations = { ...args.annotations, ...(digest && { [DIGEST_ANNOTATION]: digest }) };
  const volumes = volumesOf(all);
  const made = (one: ContainerArgs) => container(one, resourcesOf(workload, one.name));
  return {
    metadata: {
      labels: { component, ...destination.platform.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      containers: args.containers.map(made),
      ...(args.initContainers?.length && { initContainers: args.initContainers.map(made) }),
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
        ...destination.platform.podUser,
      },
      serviceAccountName: args.serviceAccountName,
      automountServiceAccountToken: args.usesApi ?? false,
      // Every Service would be a variable in every pod; those of a Service named redis would shadow settings.
      enableServiceLinks: false,
      ...omitUndefined({
        restartPolicy: args.restartPolicy,
        terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
        nodeSelector: Object.keys(args.nodeSelector).length > 0 ? args.nodeSelector : undefined,
        affinity: args.beside === undefined ? undefined : sharedNode(args.beside),
        topologySpreadConstraints: args.spread ? [spread(component)] : undefined,
        volumes: volumes.length > 0 ? volumes : undefined,
      }),
    },
  };
}

/** A short digest of a pod template, another one for each change that would roll its pods. */
export function templateDigest(template: ReturnType<typeof podTemplate>): pulumi.Output<string> {
  return pulumi
    .output(template)
    .apply((known) => createHash("sha256").update(JSON.stringify(known)).digest("hex").slice(0, 8));
}

function spread(component: string): k8s.types.input.core.v1.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: { component } },
  };
}

function sharedNode(pod: string): k8s.types.input.core.v1.Affinity {
  const labelSelector = { matchLabels: { "statefulset.kubernetes.io/pod-name": pod } };
  const term = { labelSelector, topologyKey: "kubernetes.io/hostname" };
  return { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
}

/** The volumes of all containers; those that share one mount it by the same name. */
function volumesOf(containers: readonly ContainerArgs[]): k8s.types.input.core.v1.Volume[] {
  const mounts = new Map(containers.flatMap((one) => (one.mounts ?? []).map((mount) => [mount.name, mount])));
  return [...mounts.values()].flatMap(volume);
}

function volume({ name, from }: Mount): k8s.types.input.core.v1.Volume[] {
  if ("claim" in from) return [{ name, persistentVolumeClaim: { claimName: from.claim } }];
  if ("memory" in from) return [{ name, emptyDir: { medium: "Memory", sizeLimit: from.memory } }];
  if ("scratch" in from) return [{ name, emptyDir: { sizeLimit: from.scratch } }];
  if ("files" in from) return [{ name, projected: { sources: from.files.map(({ source }) => source) } }];
  return [];
}

function digestOf(containers: readonly ContainerArgs[]): pulumi.Output<string> | undefined {
  const files = containers
    .flatMap(({ mounts = [] }) => mounts)
    .flatMap(({ from }) => ("files" in from ? from.files : []));
  const keys = containers.flatMap(({ env = {} }) =>
    Object.values(env).flatMap((value) => secretOf(value) ?? []),
  );
  const digests = [...files, ...keys.map(({ from, key }) => from.pick(key))].map(({ digest }) => digest);
  if (digests.length === 0) return undefined;
  return pulumi
    .all(digests)
    .apply((all) => createHash("sha256").update(all.join("\n")).digest("hex").slice(0, 32));
}
