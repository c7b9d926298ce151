import { until } from "../../cluster/until.ts";
import { BUILD_LIMIT_SECONDS } from "../../components/image-builds/build-limits.ts";
import { OWN_IMAGES, type OwnImage } from "../../components/own-images.ts";
import { EnvironmentError, knownError } from "../../errors.ts";
import type { GitHub, Repository, WorkflowRun } from "../../github/github.ts";
import { type BuildArgs, type Builder, fingerprint, inOrder, LOG_LINES, logEnd } from "./builder.ts";
import { type Build, baseOf, overlayDockerfile } from "./image-plan.ts";

/** The workflow of this project that builds one image and pushes it with a tag that expires. */
export const WORKFLOW = "test-image.yml";

export interface ActionsBuilderArgs {
  readonly github: GitHub;
  /** The repository of the workflow. */
  readonly repository: Repository;
  /** Where it pushes, without the image's name. */
  readonly registry: string;
  /** The pause between two looks at a run, in milliseconds. @default 5000 */
  readonly everyMs?: number;
}

/** Builds by GitHub Actions. */
export class ActionsBuilder implements Builder {
  readonly #args: ActionsBuilderArgs;

  constructor(args: ActionsBuilderArgs) {
    this.#args = args;
  }

  build(args: BuildArgs): ReturnType<typeof inOrder> {
    return inOrder(args.builds, (build, below) => this.#buildOne(args, build, below));
  }

  async #buildOne(
    { name, report, signal }: BuildArgs,
    build: Build,
    below: string | undefined,
  ): Promise<string> {
    const { github, repository, registry, everyMs = 5000 } = this.#args;
    const inputs = inputsOf(build, below);
    const reference = referenceOf(registry, name, build.image, inputs);
    const former = await github.run(repository, WORKFLOW, reference);
    const isNeeded = former === undefined || isUseless(former);
    if (isNeeded) await github.dispatch(repository, WORKFLOW, { ...inputs, reference });
    const begun = performance.now();
    const ended = async () => {
      signal.throwIfAborted();
      const run = await github.run(repository, WORKFLOW, reference);
      const isFormer = isNeeded && run?.id === former?.id;
      const seconds = Math.round((performance.now() - begun) / 1000);
      if (run === undefined || isFormer) report(build.image, `waiting for its run, ${seconds} s`);
      else report(build.image, `${run.status}, ${seconds} s: ${run.url}`);
      return run?.conclusion === undefined || isFormer ? undefined : run;
    };
    const run = await until(ended, {
      what: `the run that builds ${reference}`,
      limitSeconds: BUILD_LIMIT_SECONDS,
      everyMs,
    });
    if (run.conclusion === "success") return reference;
    throw new EnvironmentError(
      `The build of ${build.image} ended with ${run.conclusion}: ${run.url}\n${logEnd(await this.#log(run))}`,
    );
  }

  /** The end of a run's log; why there is none must not hide that the run has failed. */
  #log({ id }: WorkflowRun): Promise<string> {
    const { github, repository } = this.#args;
    return github.failedLog(repository, id, LOG_LINES).catch((error: unknown) => {
      const known = knownError(error);
      if (known === undefined) throw error;
      return known.message;
    });
  }
}

/**
 * Where an image is pushed. Sandcastle names pods by the last 37 characters of a reference: the fingerprint is longer, so
 * that whatever the instance's name is, none of it is in theirs.
 */
export function referenceOf(registry: string, name: string, image: OwnImage, inputs: unknown): string {
  return `${registry}/${OWN_IMAGES[image]}:test-${name}-${fingerprint(inputs, 40)}`;
}

/** How old an image may be that is used again: its tag expires after four days. */
const USABLE_MS = 2 * 86_400_000;

/** Whether a run gives no image: it failed, or its image will soon be gone. */
function isUseless({ conclusion, created }: WorkflowRun): boolean {
  if (conclusion === undefined) return false;
  return conclusion !== "success" || Date.now() - created.getTime() > USABLE_MS;
}

/** What the workflow is told: a Dockerfile of a repository, or the text of one. */
function inputsOf(build: Build, below: string | undefined): Record<string, string> {
  if (build.kind === "git") {
    const { source, dockerfile, buildArgs } = build;
    const args = Object.entries(buildArgs).map(([key, value]) => `${key}=${value}`);
    return {
      repository: source.url,
      commit: source.sha,
      dockerfile,
      build_args: args.join("\n"),
    };
  }
  return { text: overlayDockerfile(baseOf(build, below), build.libraries) };
}
