import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../platform/destination.ts";
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

/** What a build may take: all packages of a worker are installed in it. */
const RESOURCES = { requests: { cpu: "500m", memory: "1Gi" }, limits: { cpu: "2", memory: "4Gi" } };

/** How long one may take, many times what it does. */
const LIMIT_SECONDS = 3600;

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
  if (!isPushed) imageStream(`${name}-stream`, { destination, name: build.name }, opts);
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
        completionDeadlineSeconds: LIMIT_SECONDS,
        resources: RESOURCES,
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

export interface ImageStreamArgs {
  /** The namespace of builds. */
  readonly destination: Destination;
  /** Its name. */
  readonly name: string;
  /** Its one tag that is imported. @default - builds push to it */
  readonly tag?: string;
  /** What is imported to that, again and again. */
  readonly reference?: string;
}

/** An ImageStream that no pod runs: what is built lies over it. */
export function imageStream(
  name: string,
  { destination, name: stream, tag, reference }: ImageStreamArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const from = { kind: "DockerImage", name: reference };
  new k8s.apiextensions.CustomResource(
    name,
    {
      apiVersion: "image.openshift.io/v1",
      kind: "ImageStream",
      metadata: destination.object(stream),
      spec: {
        lookupPolicy: { local: false },
        ...(tag && { tags: [{ name: tag, from, importPolicy: { scheduled: true } }] }),
      },
    },
    opts,
  );
}
