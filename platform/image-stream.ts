import * as k8s from "@pulumi/kubernetes";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import type { Site } from "./site.ts";

export interface ImageStreamArgs {
  readonly site: Site;
  /** The stream's name, which pods use in place of a registry's path. */
  readonly name: string;
  /** The name of its one tag. */
  readonly tag: string;
  /** The image that the tag follows. */
  readonly from: string;
}

/** An image that the cluster imports, and what a workload needs to run it and to be rolled when it changes. */
export interface FollowedImage {
  /** The image reference for containers. */
  readonly reference: string;
  /** The annotation by which OpenShift puts each newly imported image into the named container. */
  readonly triggers: (container: string) => Record<string, string>;
  /** Options of the workload: the image that OpenShift puts in is not Pulumi's to take out again. */
  readonly resourceOptions: Pick<CustomResourceOptions, "ignoreChanges">;
}

/** An ImageStream that imports an image's tag every 15 minutes (the cluster's default) and lets pods use it by name. */
export function imageStream(
  name: string,
  { site, ...args }: ImageStreamArgs,
  opts: CustomResourceOptions,
): FollowedImage {
  new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "image.openshift.io/v1",
      kind: "ImageStream",
      metadata: site.object(args.name),
      spec: {
        lookupPolicy: { local: true },
        tags: [
          {
            name: args.tag,
            from: { kind: "DockerImage", name: args.from },
            // OpenShift refuses to import a digest on a schedule: it never changes.
            importPolicy: args.from.includes("@") ? {} : { scheduled: true },
          },
        ],
      },
    },
    opts,
  );
  const reference = `${args.name}:${args.tag}`;
  return {
    reference,
    triggers: (container) => triggers(reference, container),
    resourceOptions: { ignoreChanges: ["spec.template.spec.containers[0].image"] },
  };
}

function triggers(reference: string, container: string): Record<string, string> {
  const trigger = {
    from: { kind: "ImageStreamTag", name: reference },
    fieldPath: `spec.template.spec.containers[?(@.name=="${container}")].image`,
  };
  return { "image.openshift.io/triggers": JSON.stringify([trigger]) };
}
