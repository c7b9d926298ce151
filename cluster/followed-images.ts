import { type Followed, followed } from "../platform/image-triggers.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** A workload, as far as its images go. */
export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly spec: Readonly<Partial<Record<Followed["list"], readonly Container[]>>> };
  };
}

export interface Container {
  readonly name: string;
  readonly image?: string;
}

/** Which image a container that follows one is declared with; none, if that is left to whoever owns it. */
export type Choice = (one: Followed) => string | undefined;

/** A workload with other images where it follows them; everything else is the object that was given. */
export function withImages(object: KubernetesObject, choose: Choice): KubernetesObject {
  const all = followed(object.metadata);
  if (all.length === 0) return object;
  // What has the annotation is a Deployment or a StatefulSet.
  const { spec } = object as Workload;
  const pod = { ...spec.template.spec };
  for (const one of all) {
    pod[one.list] = (pod[one.list] ?? []).map((container) => {
      if (container.name !== one.container) return container;
      const { image: _, ...rest } = container;
      const image = choose(one);
      return image === undefined ? rest : { ...rest, image };
    });
  }
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: pod } } } as KubernetesObject;
}

/** The image that a container has in the cluster, if it follows the same tag there. */
export function liveImage(live: KubernetesObject | undefined, one: Followed): string | undefined {
  return formerReference(live, one) === one.reference ? imageIn(live, one) : undefined;
}

/** The same, also of a container that was pinned: it goes on with its image until OpenShift has a newer one. */
export function keptImage(live: KubernetesObject | undefined, one: Followed): string | undefined {
  return liveImage(live, one) ?? (formerReference(live, one) === undefined ? imageIn(live, one) : undefined);
}

function formerReference(live: KubernetesObject | undefined, one: Followed): string | undefined {
  const same = followed(live?.metadata ?? {}).find(
    ({ list, container }) => list === one.list && container === one.container,
  );
  return same?.reference;
}

function imageIn(live: KubernetesObject | undefined, { list, container }: Followed): string | undefined {
  return (live as Workload | undefined)?.spec.template.spec[list]?.find(({ name }) => name === container)
    ?.image;
}

/** The managers that own a container's image. */
export function ownersOf(live: KubernetesObject | undefined, one: Followed): string[] {
  const { managedFields = [] } = (live?.metadata ?? {}) as Managed;
  const owned = managedFields.filter(({ fieldsV1 }) => {
    const pod = fieldsV1["f:spec"]?.["f:template"]?.["f:spec"]?.[`f:${one.list}`];
    return pod?.[`k:{"name":"${one.container}"}`]?.["f:image"] !== undefined;
  });
  return owned.map(({ manager }) => manager);
}

interface Managed {
  readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: Fields }[];
}

interface Fields {
  readonly [key: string]: Fields | undefined;
}
