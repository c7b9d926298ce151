import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../platform/destination.ts";
import { imageStream } from "../../platform/image-stream.ts";
import { BUILD_LIMIT_SECONDS, BUILD_RESOURCES } from "./build-limits.ts";
import { FEDORA, type ImageBuild } from "./builds.ts";

export interface BuildConfigArgs {
  /** The namespace of builds. */
  readonly destination: Destination;
  /** What is built. */
  readonly build: ImageBuild;
  /** The branch of its repository. */
  readonly branch: string;
  /** Where images are pushed: a registry, and folders in it. */
  readonly registry: string;
  /** The tag of all images, but for that of Fedora. */
  readonly tag: string;
  /** The name of the Secret of who may push there. */
  readonly pushSecret: pulumi.Input<string>;
}

/** The BuildConfig of an image, which a newer image below starts; and its ImageStream, where others lie over it. */
export function buildConfig(
  name: string,
  { destination, build, branch, registry, tag, pushSecret }: BuildConfigArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const { containerfile, repository, isPushed } = build;
  const below = build.from === FEDORA.name ? FEDORA.tag : tag;
  const text = "text" in containerfile ? { dockerfile: containerfile.text } : {};
  const path = "path" in containerfile ? { dockerfilePath: containerfile.path } : {};
  const git = repository && { uri: `https://github.com/packit/${repository}.git`, ref: branch };
  if (!isPushed) imageStream(`${name}-stream`, { destination, name: build.name, isLocal: false }, opts);
  new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "build.openshift.io/v1",
      kind: "BuildConfig",
      metadata: destination.object(build.name),
      spec: {
        runPolicy: "SerialLatestOnly",
        successfulBuildsHistoryLimit: 3,
        failedBuildsHistoryLimit: 3,
        completionDeadlineSeconds: BUILD_LIMIT_SECONDS,
        resources: BUILD_RESOURCES,
        source: { type: git ? "Git" : "Dockerfile", ...(git && { git }), ...text },
        strategy: {
          type: "Docker",
          dockerStrategy: {
            from: { kind: "ImageStreamTag", name: `${build.from}:${below}` },
            ...path,
            buildArgs: Object.entries(build.args).map(([key, value]) => ({ name: key, value })),
          },
        },
        output: isPushed
          ? {
              to: { kind: "DockerImage", name: `${registry}/${build.name}:${tag}` },
              pushSecret: { name: pushSecret },
            }
          : { to: { kind: "ImageStreamTag", name: `${build.name}:${tag}` } },
        triggers: [{ type: "ImageChange", imageChange: {} }],
      },
    },
    opts,
  );
}
