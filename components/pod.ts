import { createHash } from "node:crypto";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Site } from "../platform/site.ts";
import type { Resources } from "../settings/resources.ts";
import type { Files, Picked } from "./files.ts";

type Probe = k8s.types.input.core.v1.Probe;

/** A volume of a pod, and where its container finds it. */
export interface Mount {
  /**
   * The volume's name in the pod. Not that of the predecessor's volume of another kind: server-side apply would leave
   * both kinds in one volume of a workload that is taken over, which the API server refuses.
   */
  readonly name: string;
  readonly path: string;
  readonly readOnly?: boolean;
  /** One file of the volume alone, mounted at `path`. */
  readonly subPath?: string;
  /** Files, a claim, or memory; a claim that the StatefulSet's template makes has no volume of its own in the pod. */
  readonly from:
    | { readonly files: readonly Picked[] }
    | { readonly claim: pulumi.Input<string> }
    | { readonly memory: string }
    | { readonly template: true };
}

/** The value of an environment variable: plain, or a key of a Secret. */
export type EnvValue = pulumi.Input<string> | { readonly from: Files; readonly key: string };

export interface PodArgs {
  /** Where its workload goes. */
  readonly site: Site;
  /** The value of the label `component`, by which Services and selectors find the pod. */
  readonly component: string;
  /** The container's name; the component's where it is left out. */
  readonly container?: string;
  /** The image reference. */
  readonly image: pulumi.Input<string>;
  /** @default - Always for a tag named latest, IfNotPresent otherwise */
  readonly imagePullPolicy?: "IfNotPresent";
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** Variables by name; those that are `undefined` are left out. */
  readonly env?: Readonly<Record<string, EnvValue | undefined>>;
  /** The TCP ports that it listens on. */
  readonly ports?: readonly number[];
  /** What it asks for and may use at most. */
  readonly resources: Resources;
  /** Bytes of scratch space that the scheduler sets aside. */
  readonly ephemeralStorage?: string;
  /** Its volumes. */
  readonly mounts?: readonly Mount[];
  /** What restarts the container when it fails. @default - nothing */
  readonly livenessProbe?: Probe;
  /** Annotations of the pod. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The account whose token the pod gets; without one it gets no token. */
  readonly serviceAccountName?: pulumi.Input<string>;
  /** How long it may take to end. @default 30 */
  readonly terminationGracePeriodSeconds?: number;
  /** Labels of the nodes that it is confined to; an empty map confines it to none. */
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** The annotation that changes, and so rolls the pod, when a file or secret that it reads does. */
export const DIGEST_ANNOTATION = "packit.dev/files";

/** A pod template of one container. It gets only the files, keys and tokens that it names. */
export function podTemplate(args: PodArgs): k8s.types.input.core.v1.PodTemplateSpec {
  const { site, component, mounts = [], env = {} } = args;
  const digest = digestOf(mounts, env);
  const annotations = { ...args.annotations, ...(digest && { [DIGEST_ANNOTATION]: digest }) };
  return {
    metadata: {
      labels: { component, ...site.platform.labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    spec: {
      containers: [container(args)],
      ...present({
        serviceAccountName: args.serviceAccountName,
        terminationGracePeriodSeconds: args.terminationGracePeriodSeconds,
        nodeSelector: Object.keys(args.nodeSelector).length > 0 ? args.nodeSelector : undefined,
      }),
      automountServiceAccountToken: args.serviceAccountName !== undefined,
      ...(mounts.length > 0 && { volumes: mounts.flatMap(volume) }),
    },
  };
}

function container(args: PodArgs): k8s.types.input.core.v1.Container {
  const { requests, limits } = args.resources;
  return {
    name: args.container ?? args.component,
    image: args.image,
    resources: {
      requests: { ...requests, ...present({ "ephemeral-storage": args.ephemeralStorage }) },
      limits: { ...limits },
    },
    ...present({
      env:
        args.env &&
        Object.entries(args.env).flatMap(([name, value]) => (value ? [variable(name, value)] : [])),
      volumeMounts: args.mounts?.map(({ name, path, readOnly, subPath }) => ({
        name,
        mountPath: path,
        ...present({ readOnly, subPath }),
      })),
      imagePullPolicy: args.imagePullPolicy,
      command: args.command && [...args.command],
      args: args.args && [...args.args],
      ports: args.ports?.map((containerPort) => ({ containerPort, protocol: "TCP" })),
      livenessProbe: args.livenessProbe,
    }),
  };
}

function variable(name: string, value: EnvValue) {
  const secret = secretOf(value);
  if (secret) return { name, valueFrom: { secretKeyRef: { name: secret.from.name, key: secret.key } } };
  return { name, value: value as pulumi.Input<string> };
}

function volume({ name, from }: Mount): k8s.types.input.core.v1.Volume[] {
  if ("claim" in from) return [{ name, persistentVolumeClaim: { claimName: from.claim } }];
  if ("memory" in from) return [{ name, emptyDir: { medium: "Memory", sizeLimit: from.memory } }];
  if ("files" in from) return [{ name, projected: { sources: from.files.map(({ source }) => source) } }];
  return [];
}

function digestOf(
  mounts: readonly Mount[],
  env: NonNullable<PodArgs["env"]>,
): pulumi.Output<string> | undefined {
  const files = mounts.flatMap(({ from }) => ("files" in from ? from.files : []));
  const keys = Object.values(env).flatMap((value) => secretOf(value) ?? []);
  const digests = [...files, ...keys.map(({ from, key }) => from.pick(key))].map(({ digest }) => digest);
  if (digests.length === 0) return undefined;
  return pulumi
    .all(digests)
    .apply((all) => createHash("sha256").update(all.join("\n")).digest("hex").slice(0, 32));
}

function secretOf(value: EnvValue | undefined): { readonly from: Files; readonly key: string } | undefined {
  return typeof value === "object" && "from" in value && "key" in value
    ? (value as { from: Files; key: string })
    : undefined;
}

function present<T extends object>(map: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // The filter removes exactly what the type excludes.
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof present<T>
  >;
}
