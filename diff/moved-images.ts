import { z } from "zod";
import { followed } from "../platform/image-triggers.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { canonical } from "./canonical.ts";

const stream = z.object({
  kind: z.literal("ImageStream"),
  spec: z.object({ tags: z.array(z.object({ name: z.string(), from: z.unknown() })) }),
});

/**
 * The ImageStreams that lead a workload to another image, be its template as it was: OpenShift puts the image of each tag
 * that the workload follows into its pods.
 */
export function movedImages(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  { metadata }: KubernetesObject,
): string[] {
  const tags = new Set(followed(metadata).map(({ reference }) => reference));
  const names = [...tags].filter((tag) => {
    const [was, is] = [before, after].map((objects) => sourceOf(objects, metadata.namespace, tag));
    return was !== undefined && is !== undefined && was !== is;
  });
  return names.map((tag) => `image of ImageStream ${tag.split(":")[0]}`);
}

/** Where the image of an ImageStreamTag, `packit-worker:stg`, comes from. */
function sourceOf(
  objects: readonly KubernetesObject[],
  namespace: string | undefined,
  reference: string,
): string | undefined {
  const [name, tag] = reference.split(":");
  const found = objects.find(
    ({ kind, metadata }) =>
      kind === "ImageStream" && metadata.name === name && metadata.namespace === namespace,
  );
  const from = stream.safeParse(found).data?.spec.tags.find((one) => one.name === tag)?.from;
  return from === undefined ? undefined : canonical(from);
}
