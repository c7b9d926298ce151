import { type Followed, followed } from "../platform/image-triggers.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";
import { type Container, keptImage, ownersOf, type Workload, withImages } from "./followed-images.ts";

/** The name under which an image is owned that OpenShift may move, from when it is first put in. */
export const IMAGE_MANAGER = "packit-images";

/** Those whose fields Pulumi's provider takes for its own before an update, by what their names begin with. */
const TAKEN = ["kubectl", "before-first-apply", "pulumi-kubernetes", "pulumi-resource-kubernetes"];

/**
 * Gives the images that a workload follows to a manager of their own, so that the workload can then be applied without
 * them: whatever OpenShift has put in stays. Where there is no image yet, the whole workload is applied with it first.
 *
 * @param manager The manager under whose name the workload is applied.
 */
export async function handOver(client: ApiClient, object: KubernetesObject, manager: string): Promise<void> {
  const live = await client.read(object);
  const lasts = (owner: string) => owner !== manager && !TAKEN.some((name) => owner.startsWith(name));
  const isLeft = (one: Followed) => ownersOf(live, one).some(lasts) && keptImage(live, one) !== undefined;
  if (followed(object.metadata).every(isLeft)) return;
  const whole = withImages(object, (one) => keptImage(live, one) ?? one.reference);
  await client.apply(whole, manager);
  try {
    await client.apply(imagesOf(whole), IMAGE_MANAGER, { force: false });
  } catch (error) {
    // Somebody has moved it meanwhile, and owns it.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** What of a workload is a container that follows an image. */
function imagesOf(object: KubernetesObject): KubernetesObject {
  const { apiVersion, kind, metadata, spec } = object as Workload;
  const pod: Partial<Record<Followed["list"], Container[]>> = {};
  for (const { list, container } of followed(metadata)) {
    const found = spec.template.spec[list]?.filter(({ name }) => name === container) ?? [];
    pod[list] = [
      ...(pod[list] ?? []),
      ...found.map(({ name, image }) => ({ name, ...(image && { image }) })),
    ];
  }
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: { template: { spec: pod } },
  } as KubernetesObject;
}
