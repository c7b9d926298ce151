import type { ApiClient } from "../../cluster/api-client.ts";
import { containersOf, type Pod, podsOf, pulledDigest } from "../../cluster/pods.ts";
import { showDuration } from "../../schema/duration.ts";
import type { StackImage } from "./stack-images.ts";

/** A pod that runs an image, or is to. */
export interface PodImage {
  readonly pod: string;
  readonly container: string;
  /** Of the image that its node has pulled; nothing where the node does not say it. */
  readonly digest?: string;
  /** When the container was started. */
  readonly since?: string;
  /** Why the pod gets no further by itself. */
  readonly stuck?: string;
}

/** Why a container waits that gets no image. */
const UNPULLED = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

/** How long a pod may go on after the time that it was given to end, in seconds: its node may be slow. */
const PATIENCE_SECONDS = 120;

/** The pods of a namespace that have not ended. */
export async function livePods(client: Pick<ApiClient, "list">, namespace: string): Promise<Pod[]> {
  const pods = await podsOf(client, namespace);
  return pods.filter(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""));
}

/** What those of an image's pods run that are there, by the name of their container. */
export function podImages(
  image: Pick<StackImage, "containers">,
  pods: readonly Pod[],
  now: Date,
): PodImage[] {
  return pods.flatMap((pod) => {
    const stuck = whyStuck(pod, now);
    const names = image.containers.flatMap(({ component, name }) =>
      pod.metadata.labels?.component === component ? [name] : [],
    );
    const main = pod.status?.containerStatuses ?? [];
    return main
      .filter(({ name }) => names.includes(name))
      .map((container) => {
        const digest = pulledDigest(container);
        const since = container.state?.running?.startedAt;
        return {
          ...{ pod: pod.metadata.name, container: container.name },
          ...(digest && { digest }),
          ...(since && { since }),
          ...(stuck && { stuck }),
        };
      });
  });
}

/** Whether a pod belongs to an image, whatever it runs now. */
export function isOf(image: Pick<StackImage, "containers">, pod: Pod): boolean {
  return image.containers.some(({ component }) => component === pod.metadata.labels?.component);
}

/** Why a pod gets no further by itself; nothing if it does. */
export function whyStuck(pod: Pod, now: Date): string | undefined {
  const { deletionTimestamp: end } = pod.metadata;
  const late = end === undefined ? 0 : (now.getTime() - Date.parse(end)) / 1000;
  if (late > PATIENCE_SECONDS) return `Terminating, ${showDuration(Math.floor(late))} over its time`;
  const reasons = containersOf(pod).flatMap(({ state }) => state?.waiting?.reason ?? []);
  return reasons.find((reason) => UNPULLED.includes(reason));
}
