import type { Input } from "@pulumi/pulumi";
import type { Platform } from "./platform.ts";

/** The label that every object of a stack carries, and by which it is found again. */
export const STACK_LABEL = "packit.dev/stack";

/** Asks Pulumi's provider not to wait for an object: something else says as much, and sooner. */
export const SKIP_AWAIT = { "pulumi.com/skipAwait": "true" } as const;

/** Lets Pulumi's provider change what another manager owns; it would stop at the conflict otherwise. */
export const PATCH_FORCE = { "pulumi.com/patchForce": "true" } as const;

/** Keeps a volume claim that its stack no longer declares, until somebody deletes it by name. */
export const KEPT = { "packit.dev/kept": "true" } as const;

export interface DestinationArgs {
  readonly stack: string;
  readonly namespace: Input<string>;
  readonly platform: Platform;
  readonly digestKey: Input<string>;
}

/** Where a component's objects go: the stack, the namespace, and what the platform wants on each of them. */
export class Destination {
  readonly namespace: Input<string>;
  readonly platform: Platform;
  /** The secret key of the digests of files, without which weak contents could be guessed from them. */
  readonly digestKey: Input<string>;
  readonly #stack: string;

  constructor(args: DestinationArgs) {
    this.#stack = args.stack;
    this.namespace = args.namespace;
    this.platform = args.platform;
    this.digestKey = args.digestKey;
  }

  /** The labels of an object that belongs to no namespace, or is one. */
  get stackLabels(): Record<string, string> {
    return { [STACK_LABEL]: this.#stack };
  }

  /** Metadata of a plain object: ConfigMap, Secret, ServiceAccount, ImageStream … */
  object(name: string) {
    return { name, namespace: this.namespace, labels: this.stackLabels };
  }

  /** Metadata of a Deployment or StatefulSet. */
  workload(name: Input<string>, annotations?: Record<string, string>) {
    const labels = { ...this.stackLabels, ...this.platform.workloadLabels };
    return { name, namespace: this.namespace, labels, ...(annotations && { annotations }) };
  }

  /** Metadata of a Service, which Pulumi need not wait for. */
  service(name: string, annotations?: Record<string, string>) {
    const labels = { ...this.stackLabels, ...this.platform.labels };
    return { name, namespace: this.namespace, labels, annotations: { ...annotations, ...SKIP_AWAIT } };
  }

  /** Metadata of an Ingress: Pulumi would wait for pods behind it, and there are none under maintenance. */
  ingress(name: string, annotations?: Record<string, string>) {
    return { ...this.object(name), annotations: { ...annotations, ...SKIP_AWAIT } };
  }

  /** Metadata of a Route. */
  route(name: string) {
    const labels = { ...this.stackLabels, ...this.platform.labels, ...this.platform.routeLabels };
    return { name, namespace: this.namespace, labels };
  }

  /** Metadata of a volume claim, which is bound, on many clusters, only once a pod uses it. */
  volumeClaim(name: string, annotations?: Record<string, string>) {
    const labels = { ...this.stackLabels, ...this.platform.labels };
    return {
      name,
      namespace: this.namespace,
      labels,
      annotations: { ...this.platform.volumeAnnotations, ...annotations, ...SKIP_AWAIT },
    };
  }

  /** The spec of a volume claim of `size` that one pod at a time may use. */
  volumeSpec(size: string, storageClass: string | undefined = this.platform.storageClass) {
    return {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size } },
      ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    };
  }
}
