import * as k8s from "@pulumi/kubernetes";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Destination } from "./destination.ts";

export interface ImageStreamArgs {
  /** Where it goes. */
  readonly destination: Destination;
  /** Its name. */
  readonly name: string;
  /** Whether pods use its name in place of a registry's path. */
  readonly isLocal: boolean;
  /** The one tag that is imported: once, or again and again. @default - builds push to it */
  readonly tag?: { readonly name: string; readonly from: string; readonly follow: boolean };
}

/** An ImageStream of OpenShift's. */
export function imageStream(
  name: string,
  { destination, name: stream, isLocal, tag }: ImageStreamArgs,
  opts: CustomResourceOptions,
): void {
  const tags = tag && [
    {
      name: tag.name,
      from: { kind: "DockerImage", name: tag.from },
      ...(tag.follow && { importPolicy: { scheduled: true } }),
    },
  ];
  new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "image.openshift.io/v1",
      kind: "ImageStream",
      metadata: destination.object(stream),
      spec: { lookupPolicy: { local: isLocal }, ...(tags && { tags }) },
    },
    opts,
  );
}
