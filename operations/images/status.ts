import type { ApiClient } from "../../cluster/api-client.ts";
import { knownError } from "../../errors.ts";
import type { PresentImage, Registry } from "../../registry/registry.ts";
import { type Imported, imported } from "./image-streams.ts";
import { livePods, type PodImage, podImages } from "./pods.ts";
import type { StackImage } from "./stack-images.ts";

export interface StatusArgs {
  readonly client: ApiClient;
  readonly registry: Registry;
  readonly namespace: string;
  /** The tag of the ImageStreams. */
  readonly tag: string;
  readonly images: readonly StackImage[];
}

/** What is known of an image: in its registry, in its ImageStream, and in each pod. */
export interface ImageStatus {
  readonly name: string;
  readonly reference: string;
  readonly present: PresentImage | { readonly problem: string };
  /** @default - it has no ImageStream */
  readonly imported?: Imported;
  readonly pods: readonly PodImage[];
}

/** Looks at the images of a stack. What a registry does not say is a problem of its image alone. */
export async function statusOf({
  client,
  registry,
  namespace,
  tag,
  images,
}: StatusArgs): Promise<ImageStatus[]> {
  const [pods, now] = await Promise.all([livePods(client, namespace), client.now()]);
  const one = async (image: StackImage): Promise<ImageStatus> => {
    const [present, inStream] = await Promise.all([
      presentOf(registry, image.reference),
      image.way === "stream" ? imported({ client, namespace, tag }, image) : undefined,
    ]);
    return {
      name: image.name,
      reference: image.reference,
      present,
      ...(inStream && { imported: inStream }),
      pods: podImages(image, pods, now),
    };
  };
  return Promise.all(images.map(one));
}

/** How something that runs relates to what the registry has: the newest, an older one, or nobody knows. */
export function ageOf(
  digest: string | undefined,
  present: ImageStatus["present"],
): "newest" | "older" | "unknown" {
  if (digest === undefined || "problem" in present) return "unknown";
  return isIn(digest, present) ? "newest" : "older";
}

/** Whether a digest is that of what a tag leads to, or of an image in that list. */
export function isIn(digest: string | undefined, { digest: whole, platforms }: PresentImage): boolean {
  return digest !== undefined && [whole, ...platforms].includes(digest);
}

async function presentOf(registry: Registry, reference: string): Promise<ImageStatus["present"]> {
  try {
    return await registry.present(reference);
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    return { problem: known.message };
  }
}
