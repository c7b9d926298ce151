import { z } from "zod";
import { type ApiClient, ApiError } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { BUILD_LIMIT_SECONDS, BUILD_RESOURCES } from "../../components/image-builds/build-limits.ts";
import { OWN_IMAGES } from "../../components/own-images.ts";
import { EnvironmentError } from "../../errors.ts";
import { type Amounts, amountsOf, sum } from "../../kubernetes/amounts.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { buildSurroundings } from "./build-surroundings.ts";
import { type BuildArgs, type Builder, fingerprint, inOrder, logEnd, waves } from "./builder.ts";
import { type Build, baseOf, type GitBuild, type OverlayBuild, overlayDockerfile } from "./image-plan.ts";

/** OpenShift's registry, as pods and builds reach it. */
const REGISTRY = "image-registry.openshift-image-registry.svc:5000";

/** The phases in which a Build ends without an image. */
const FAILED = ["Failed", "Error", "Cancelled"];

/** What is read of a Build's status. */
const buildStatus = z.object({
  phase: z.string().default("New"),
  message: z.string().optional(),
  output: z.object({ to: z.object({ imageDigest: z.string().optional() }).optional() }).optional(),
});

/** Builds in the cluster, in a namespace beside the instance's own, which only its pods may pull from. */
export class OpenShiftBuilder implements Builder {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  amounts(builds: readonly Build[]): Amounts {
    const pods = Math.max(...waves(builds).map(({ length }) => length));
    return sum(Array.from({ length: pods }, () => amountsOf(BUILD_RESOURCES)));
  }

  async build(args: BuildArgs): ReturnType<typeof inOrder> {
    // Without any, there is no namespace for them.
    if (args.builds.length === 0) return {};
    for (const object of buildSurroundings(args.name)) await applyOne(this.#client, object);
    return inOrder(args.builds, (build, below) => this.#buildOne(args, build, below));
  }

  async #buildOne(args: BuildArgs, build: Build, below: string | undefined): Promise<string> {
    const [, , namespace] = namespacesOf(args.name);
    const { config, object, stream } = buildObjects(args.name, build, below);
    for (const one of [stream, config]) await applyOne(this.#client, one);
    await this.#start(object);
    const digest = await this.#follow(args, build, object);
    return `${REGISTRY}/${namespace}/${OWN_IMAGES[build.image]}@${digest}`;
  }

  /** A build of the same commits is not made twice, unless it failed. */
  async #start(object: KubernetesObject): Promise<void> {
    const former = await this.#client.read(object);
    if (former && FAILED.includes(statusOf(former).phase)) {
      await this.#client.delete(former);
      const gone = async () => (await this.#client.read(object)) === undefined;
      await until(gone, { what: `the failed Build ${object.metadata.name} to be gone`, limitSeconds: 60 });
    }
    try {
      await this.#client.create(object, "packit-test-instance");
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }

  async #follow({ report, signal }: BuildArgs, { image }: Build, object: KubernetesObject): Promise<string> {
    const begun = performance.now();
    const ended = async () => {
      signal.throwIfAborted();
      const build = await this.#client.read(object);
      if (build === undefined) return { problem: `the Build ${object.metadata.name} is gone` };
      const { phase, message, output } = statusOf(build);
      report(image, `${phase.toLowerCase()}, ${Math.round((performance.now() - begun) / 1000)} s`);
      if (phase === "Complete") return { digest: output?.to?.imageDigest };
      return FAILED.includes(phase) ? { problem: message ?? phase } : undefined;
    };
    const what = `the build of ${image} to end`;
    const outcome = await until(ended, { what, limitSeconds: BUILD_LIMIT_SECONDS, signal });
    if (outcome.digest !== undefined && DIGEST.test(outcome.digest)) return outcome.digest;
    const why = outcome.problem ?? "it has no digest";
    throw new EnvironmentError(
      `The build of ${image} failed: ${why}\n${await this.#logEnd(object)}`.trimEnd(),
    );
  }

  async #logEnd({ metadata }: KubernetesObject): Promise<string> {
    const pod = `${metadata.name}-build`;
    // A clone that fails does so before there is anything to build.
    const parts = ["git-clone", "docker-build"];
    const logs = await Promise.all(
      parts.map((name) => this.#client.log(metadata.namespace ?? "", pod, name)),
    );
    return logEnd(logs.join(""));
  }
}

/** An image's digest. */
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What a Build says of itself; of one that says nothing yet, or what nobody understands, that it is new. */
function statusOf(build: KubernetesObject): z.output<typeof buildStatus> {
  const { status } = build as KubernetesObject & { readonly status?: unknown };
  return buildStatus.safeParse(status).data ?? { phase: "New" };
}

/** A Build, the BuildConfig by which people can repeat it, and the ImageStream that it pushes to. */
function buildObjects(name: string, build: Build, below: string | undefined) {
  const [, , namespace] = namespacesOf(name);
  const labels = { [STACK_LABEL]: stackOf(name) };
  const image = OWN_IMAGES[build.image];
  const suffix = build.kind === "overlay" ? "-overlay" : "";
  const spec = build.kind === "git" ? gitSpec(build) : overlaySpec(build, below);
  const tag = fingerprint(spec);
  const output = { to: { kind: "ImageStreamTag", name: `${image}:${tag}` } };
  const { revision, ...repeatable } = spec;
  const meta = (own: string) => ({ name: own, namespace, labels });
  const stream = {
    apiVersion: "image.openshift.io/v1",
    kind: "ImageStream",
    metadata: meta(image),
    spec: { lookupPolicy: { local: false } },
  };
  const config = {
    apiVersion: "build.openshift.io/v1",
    kind: "BuildConfig",
    metadata: meta(`${image}${suffix}`),
    spec: { ...repeatable, output, resources: BUILD_RESOURCES },
  };
  const object = {
    apiVersion: "build.openshift.io/v1",
    kind: "Build",
    // Without the name of its BuildConfig: OpenShift would keep it waiting for others of that to have run.
    metadata: meta(`${image}${suffix}-${tag}`),
    spec: {
      ...spec,
      output,
      resources: BUILD_RESOURCES,
      serviceAccount: "builder",
      completionDeadlineSeconds: BUILD_LIMIT_SECONDS,
    },
  };
  return { stream, config, object };
}

interface BuildSpec {
  readonly source: object;
  readonly strategy: object;
  readonly revision?: object;
}

function gitSpec({ source: { url, sha }, dockerfile, buildArgs }: GitBuild): BuildSpec {
  const args = Object.entries(buildArgs).map(([name, value]) => ({ name, value }));
  return {
    // What OpenShift does not find in a clone, as the commit of a pull request, it fetches by this name.
    source: { type: "Git", git: { uri: url, ref: sha } },
    strategy: { type: "Docker", dockerStrategy: { dockerfilePath: dockerfile, buildArgs: args } },
    revision: { type: "Git", git: { commit: sha } },
  };
}

function overlaySpec(build: OverlayBuild, below: string | undefined): BuildSpec {
  const reference = baseOf(build, below);
  return {
    source: { type: "Dockerfile", dockerfile: overlayDockerfile(reference, build.libraries) },
    strategy: {
      type: "Docker",
      dockerStrategy: { from: { kind: "DockerImage", name: reference }, forcePull: true },
    },
  };
}
