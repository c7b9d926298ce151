import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { secretFiles } from "../../kubernetes/files.ts";
import { grant } from "../../kubernetes/grant.ts";
import { program } from "../../kubernetes/program.ts";
import type { Destination } from "../../platform/destination.ts";
import { imageStream } from "../../platform/image-stream.ts";
import type { ImageSpec } from "../images.ts";
import { buildsNetwork } from "../network/network.ts";
import { ocContainer } from "../oc.ts";
import type { PartArgs } from "../part-args.ts";
import type { Settings } from "../settings.ts";
import { buildConfig } from "./build-config.ts";
import { BASE, FEDORA, type ImageBuild, imageBuilds } from "./builds.ts";
import { dockerConfig } from "./docker-config.ts";
import { buildRules, NOTES } from "./rights.ts";
import { type BuildSettings, IMAGE_BUILDS, WEEKLY_BUILD } from "./settings.ts";

export interface ImageBuildsArgs extends Pick<PartArgs<Settings>, "destination" | "settings" | "workload"> {
  /** The namespace of builds. */
  readonly builds: Destination;
  /** What the stack says of them. */
  readonly build: BuildSettings;
  /** The images of the stack's parts. */
  readonly images: readonly ImageSpec[];
}

const LOOK = program(import.meta.dirname, "look.sh").trimEnd();

/** GitHub's API. */
const GITHUB = "https://api.github.com";

/** What the keys of notes start with: annotations, which nobody but the look declares. */
const NOTE_PREFIX = "sources.packit.dev/";

/** Packit's own images as OpenShift builds them: each lies over another one, and is built anew after it. */
export class ImageBuilds extends pulumi.ComponentResource {
  constructor(name: string, args: ImageBuildsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:ImageBuilds", name, {}, opts);
    const { builds, build, settings, images } = args;
    const child = { parent: this };
    const branch = build.branch ?? (settings.deployment === "prod" ? "stable" : "main");
    if (settings.networkPolicies)
      buildsNetwork(`${name}-network`, { destination: builds, apiPorts: settings.apiServerPorts }, child);
    const login = settings.secrets.imageRegistryToken?.reveal();
    const push = secretFiles(
      `${name}-push`,
      {
        destination: builds,
        name: "image-registry",
        type: "kubernetes.io/dockerconfigjson",
        data: { ".dockerconfigjson": login && dockerConfig({ ...build, token: login }) },
      },
      child,
    );
    const { name: fedora, tag, from } = FEDORA;
    imageStream(
      `${name}-fedora`,
      { destination: builds, name: fedora, isLocal: false, tag: { name: tag, from, follow: true } },
      child,
    );
    const all = imageBuilds({ branch, apiUrl: `https://${settings.hosts.service}/api`, images });
    for (const one of all)
      buildConfig(
        `${name}-${one.name}`,
        {
          destination: builds,
          build: one,
          branch,
          registry: build.registry,
          tag: settings.deployment,
          pushSecret: push.name,
        },
        child,
      );
    this.#look(name, args, { branch, all });
    this.#weekly(name, args);
    this.registerOutputs();
  }

  #look(
    name: string,
    args: ImageBuildsArgs,
    { branch, all }: { readonly branch: string; readonly all: readonly ImageBuild[] },
  ): void {
    // Who may change BuildConfigs, may have a build tell the registry's token: so notes are not on these.
    new k8s.core.v1.ConfigMap(`${name}-notes`, { metadata: args.builds.object(NOTES) }, { parent: this });
    this.#cronJob(name, IMAGE_BUILDS, args, {
      schedule: args.build.look,
      command: [
        ...["bash", "-c", LOOK, IMAGE_BUILDS],
        ...all.flatMap((one) => [one.name, one.from, one.sources.join(",")]),
      ],
      env: {
        GITHUB,
        BRANCH: branch,
        NAMESPACE: args.build.namespace,
        CONFIG_MAP: NOTES,
        PREFIX: NOTE_PREFIX,
      },
    });
  }

  #weekly(name: string, args: ImageBuildsArgs): void {
    const { namespace, weekly } = args.build;
    const command = ["oc", "start-build", "-n", namespace, "--", BASE];
    this.#cronJob(name, WEEKLY_BUILD, args, { schedule: weekly, command, env: {} });
  }

  #cronJob(
    name: string,
    component: typeof IMAGE_BUILDS | typeof WEEKLY_BUILD,
    { destination, builds, build, settings, workload }: ImageBuildsArgs,
    run: {
      readonly schedule: string;
      readonly command: string[];
      readonly env: Readonly<Record<string, string>>;
    },
  ): void {
    const child = { parent: this };
    grant(
      `${name}-${component}`,
      {
        metadata: builds.object(component),
        rules: buildRules(component),
        account: { name: component, namespace: destination.namespace },
      },
      child,
    );
    cronJob(
      `${name}-${component}`,
      {
        destination,
        workload: workload(component),
        schedule: run.schedule,
        timeZone: build.timeZone,
        limitSeconds: 600,
        // The next look is another try; GitHub answers so many questions an hour.
        retries: 0,
        usesApi: true,
        containers: [ocContainer(component, settings, run)],
        nodeSelector: {},
      },
      child,
    );
  }
}
