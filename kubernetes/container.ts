import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Image } from "../platform/image.ts";
import type { Resources } from "../schema/resources.ts";
import type { Files, Picked } from "./files.ts";
import { omitUndefined } from "./omit-undefined.ts";

type Probe = k8s.types.input.core.v1.Probe;

/** A volume of a pod, and where a container finds it. */
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
  /** Files, a claim, scratch space, memory; a claim that the StatefulSet's template makes has no volume in the pod. */
  readonly from:
    | { readonly files: readonly Picked[] }
    | { readonly claim: pulumi.Input<string> }
    | { readonly scratch: string }
    | { readonly memory: string }
    | { readonly template: true };
}

/** The value of an environment variable: plain, or a key of a Secret. */
export type EnvValue = pulumi.Input<string> | { readonly from: Files; readonly key: string };

/** Variables by name; those that are `undefined` are left out. */
export type Environment = Readonly<Record<string, EnvValue | undefined>>;

export interface ContainerArgs {
  /** Its name within the pod. */
  readonly name: string;
  /** What it runs. */
  readonly image: Image;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** @default - the image's own */
  readonly workingDir?: string;
  /** Its environment; a value may name an earlier variable as $(NAME). */
  readonly env?: Environment;
  /** The TCP ports that it listens on. */
  readonly ports?: readonly number[];
  /** The UDP port that it listens on. */
  readonly udpPort?: number;
  /** Bytes of scratch space that the scheduler sets aside. */
  readonly ephemeralStorage?: string;
  /** Where it finds its volumes. */
  readonly mounts?: readonly Mount[];
  /** What it must pass before the other probes begin. @default - nothing */
  readonly startupProbe?: Probe;
  /** What restarts the container when it fails. @default - nothing */
  readonly livenessProbe?: Probe;
  /** What keeps requests away while it fails. @default - nothing */
  readonly readinessProbe?: Probe;
  /** What is done before it is asked to end. @default - nothing */
  readonly preStop?: k8s.types.input.core.v1.LifecycleHandler;
}

/** A container that takes what its workload says, and has no more rights than any unprivileged process. */
export function container(
  args: ContainerArgs,
  { requests, limits }: Resources,
): k8s.types.input.core.v1.Container {
  return {
    name: args.name,
    image: args.image.reference,
    resources: {
      requests: { ...requests, ...omitUndefined({ "ephemeral-storage": args.ephemeralStorage }) },
      limits: { ...limits },
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    ...omitUndefined({
      env:
        args.env &&
        Object.entries(args.env).flatMap(([name, value]) => (value ? [variable(name, value)] : [])),
      volumeMounts: args.mounts?.map(({ name, path, readOnly, subPath }) => ({
        name,
        mountPath: path,
        ...omitUndefined({ readOnly, subPath }),
      })),
      imagePullPolicy: args.image.pullPolicy,
      command: args.command && [...args.command],
      args: args.args && [...args.args],
      workingDir: args.workingDir,
      ports: portsOf(args),
      startupProbe: args.startupProbe,
      livenessProbe: args.livenessProbe,
      readinessProbe: args.readinessProbe,
      lifecycle: args.preStop && { preStop: args.preStop },
    }),
  };
}

/** The Secret and key that a variable comes from, if it does. */
export function secretOf(
  value: EnvValue | undefined,
): { readonly from: Files; readonly key: string } | undefined {
  return typeof value === "object" && "from" in value && "key" in value
    ? (value as { from: Files; key: string })
    : undefined;
}

function portsOf({ ports, udpPort }: ContainerArgs) {
  const tcp = (ports ?? []).map((containerPort) => ({ containerPort, protocol: "TCP" }));
  const udp = udpPort === undefined ? [] : [{ containerPort: udpPort, protocol: "UDP" }];
  return tcp.length + udp.length > 0 ? [...tcp, ...udp] : undefined;
}

function variable(name: string, value: EnvValue) {
  const secret = secretOf(value);
  if (secret) return { name, valueFrom: { secretKeyRef: { name: secret.from.name, key: secret.key } } };
  return { name, value: value as pulumi.Input<string> };
}
