import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { STACK_LABEL } from "../platform/destination.ts";
import type { Platform } from "../platform/platform.ts";

/** A toleration that a namespace gives to each pod in it. */
export interface DefaultToleration {
  /** The taint's key. */
  readonly key: string;
  /** @default Equal */
  readonly operator?: "Equal" | "Exists";
  /** The taint's value, with the operator Equal. */
  readonly value?: string | undefined;
  /** @default - every effect */
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute" | undefined;
}

export interface NamespaceArgs {
  /** The namespace's exact name. */
  readonly name: string;
  /** The stack that it belongs to. */
  readonly stack: string;
  /** Who makes namespaces on this cluster. */
  readonly platform: Platform;
  /** Whether Pulumi refuses to delete it, and leaves it in the cluster, with the volumes in it, when its stack goes. */
  readonly protect: boolean;
  /**
   * What Kubernetes' Pod Security lets run in it, by https://kubernetes.io/docs/concepts/security/pod-security-standards.
   * Namespaces that the platform's operator makes say so themselves.
   */
  readonly podSecurity: "restricted" | "baseline" | "privileged";
  /** @default - none */
  readonly defaultTolerations?: readonly DefaultToleration[];
}

/** What Kubernetes' PodTolerationRestriction plugin reads: a JSON list of tolerations. */
const TOLERATIONS_ANNOTATION = "scheduler.alpha.kubernetes.io/defaultTolerations";

/** What Kubernetes' PodSecurity plugin reads. */
const ENFORCE_LABEL = "pod-security.kubernetes.io/enforce";

/**
 * A namespace that adds its default tolerations to every pod made in it. Where the platform's operator makes
 * namespaces, this one is there already and gets the annotation alone.
 */
export class Namespace extends pulumi.ComponentResource {
  /** The name, known only once the namespace exists. */
  readonly name: pulumi.Output<string>;

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:cluster:Namespace", name, {}, opts);
    const tolerations = args.defaultTolerations ?? [];
    const metadata = {
      name: args.name,
      labels: { [STACK_LABEL]: args.stack },
      ...(tolerations.length > 0 && {
        annotations: { [TOLERATIONS_ANNOTATION]: tolerationsJson(tolerations) },
      }),
    };
    const child = { parent: this, protect: args.protect };
    const labels = { ...metadata.labels, [ENFORCE_LABEL]: args.podSecurity };
    const object =
      args.platform.namespaces.by === "program"
        ? new k8s.core.v1.Namespace(
            `${name}-namespace`,
            { metadata: { ...metadata, labels } },
            { ...child, retainOnDelete: args.protect },
          )
        : new k8s.core.v1.NamespacePatch(`${name}-namespace`, { metadata }, child);
    this.name = object.metadata.apply(({ name: made }) => made ?? args.name);
    this.registerOutputs({ name: this.name });
  }
}

/** The annotation's value, each toleration with its fields in the order of the API's own documentation. */
function tolerationsJson(tolerations: readonly DefaultToleration[]): string {
  return JSON.stringify(
    tolerations.map(({ key, operator = "Equal", value, effect }) => ({ key, operator, value, effect })),
  );
}
