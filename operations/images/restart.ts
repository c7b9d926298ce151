import type { ApiClient } from "../../cluster/api-client.ts";
import { notReady } from "../../cluster/readiness.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

/** The name under which the annotation below is owned: the stack's own apply leaves it as it is. */
const MANAGER = "packit-image-import";

/** What the annotations of a pod template begin with that name the digest for which its pods were last replaced. */
const PREFIX = "images.packit.dev/";

interface Workload extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
  };
}

export interface RestartArgs {
  readonly client: ApiClient;
  /** The workload as it is in the cluster. */
  readonly live: KubernetesObject;
  /** The name of its image. */
  readonly name: string;
  /** What the image's tag leads to now. */
  readonly digest: string;
}

/** The digest for which a workload's pods were last replaced; nothing if they never were. */
export function restartedFor(live: KubernetesObject, name: string): string | undefined {
  return annotationsOf(live)[PREFIX + name]?.split(" ")[0];
}

/**
 * Replaces the pods of a workload that pulls a tag anew, by an annotation that the stack does not declare. What it
 * declares stays: a digest in place of the tag would be taken back by the next `up`. Under way already, it goes on.
 */
export async function restart({ client, live, name, digest }: RestartArgs): Promise<void> {
  if (restartedFor(live, name) === digest && notReady(live) !== undefined) return;
  const { apiVersion, kind, metadata } = live;
  // Those of other images are this manager's too, and would go.
  const own = Object.entries(annotationsOf(live)).filter(([key]) => key.startsWith(PREFIX));
  // The time tells two restarts for the same digest apart: the tag may have led elsewhere between them.
  const value = `${digest} ${(await client.now()).toISOString()}`;
  const annotations = { ...Object.fromEntries(own), [PREFIX + name]: value };
  const { namespace } = metadata;
  await client.apply(
    {
      ...{ apiVersion, kind },
      metadata: { name: metadata.name, ...(namespace && { namespace }) },
      spec: { template: { metadata: { annotations } } },
    },
    MANAGER,
  );
}

function annotationsOf(live: KubernetesObject): Readonly<Record<string, string>> {
  // What is asked for is a Deployment or a StatefulSet.
  return (live as Workload).spec.template.metadata?.annotations ?? {};
}
