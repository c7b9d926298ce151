import { retry } from "@octokit/plugin-retry";
import { Octokit } from "@octokit/rest";
import type { z } from "zod";
import { UserError } from "../errors.ts";
import { inForm } from "../schema/secrets/form.ts";
import { baseUrl as httpAddress } from "../schema/values.ts";
import {
  branchAnswer,
  comparisonAnswer,
  jobsAnswer,
  logAnswer,
  nothingAnswer,
  pullAnswer,
  repositoryAnswer,
  runsAnswer,
} from "./answers.ts";
import { explained, notUnderstood } from "./failure.ts";

export interface GitHubArgs {
  /** GITHUB_TOKEN, as it was found. Without one, GitHub answers 60 questions an hour. */
  readonly token?: string | undefined;
  /** GITHUB_API_URL, as it was found. @default https://api.github.com */
  readonly baseUrl?: string | undefined;
  /** How long an answer may take, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
}

/** A repository, as `packit/ogr`. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
}

export interface PullRequest {
  readonly isOpen: boolean;
  readonly isMerged: boolean;
  /** The commit at its head. */
  readonly sha: string;
  /** The account that the code is in; none once its fork is deleted. */
  readonly owner: string | undefined;
  readonly labels: readonly string[];
}

export interface WorkflowRun {
  readonly id: number;
  readonly url: string;
  readonly status: string;
  /** How it has ended, if it has. */
  readonly conclusion: string | undefined;
  readonly created: Date;
}

const Client = Octokit.plugin(retry);

/**
 * GitHub's API: the one place that asks it. Every answer is held to what it must be. A repository that was renamed or
 * transferred is refused by its former name: whoever has it now need not be whom its name speaks of.
 */
export class GitHub {
  readonly #octokit: InstanceType<typeof Client>;
  readonly #timeoutMs: number;
  readonly #hasToken: boolean;

  /** A UserError for a token or an address that no request can be made with. */
  constructor({ token, baseUrl, timeoutMs = 15_000 }: GitHubArgs) {
    this.#timeoutMs = timeoutMs;
    this.#hasToken = Boolean(token);
    this.#octokit = new Client({
      ...(token && { auth: sendable(token) }),
      ...(baseUrl && { baseUrl: address(baseUrl) }),
      userAgent: "packit-deployment",
      log: SILENT,
      retry: { retries: 2, retryAfterBaseValue: RETRY_AFTER_MS, doNotRetry: FINAL },
    });
  }

  /** A pull request; a UserError where there is none. */
  async pullRequest(repository: Repository, number: number): Promise<PullRequest> {
    const what = `pull request ${number} in ${show(repository)}`;
    const { state, merged_at, head, base, labels } = await this.#ask(what, pullAnswer, (request) =>
      this.#octokit.rest.pulls.get({ ...at(repository), pull_number: number, request }),
    );
    if (base !== undefined) refuseOther(repository, base.repo.full_name);
    return {
      isOpen: state === "open",
      isMerged: state === "closed" && typeof merged_at === "string",
      sha: head.sha,
      owner: head.repo?.owner?.login,
      labels: labels.map(({ name }) => name),
    };
  }

  /** The commit at the head of a branch; a UserError where there is none. */
  async branch(repository: Repository, name: string): Promise<string> {
    await this.#defaultBranch(repository);
    const what = `branch ${name} in ${show(repository)}`;
    const { object } = await this.#ask(what, branchAnswer, (request) =>
      this.#octokit.rest.git.getRef({ ...at(repository), ref: `heads/${name}`, request }),
    );
    return object.sha;
  }

  /** The whole name of a commit that the repository's default branch holds; a UserError for any other. */
  async commit(repository: Repository, sha: string): Promise<string> {
    const branch = await this.#defaultBranch(repository);
    const what = `commit ${sha} in ${show(repository)}`;
    const { status, merge_base_commit } = await this.#ask(what, comparisonAnswer, (request) =>
      this.#octokit.rest.repos.compareCommitsWithBasehead({
        ...at(repository),
        basehead: `${branch}...${sha}`,
        per_page: 1,
        request,
      }),
    );
    if (status !== "behind" && status !== "identical")
      throw new UserError(
        `Commit ${sha} is not on ${branch} of ${show(repository)}. Name its branch or pull request.`,
      );
    return merge_base_commit.sha;
  }

  /** The repository's default branch; a UserError if there is no repository of that very name. */
  async #defaultBranch(repository: Repository): Promise<string> {
    const { full_name, default_branch } = await this.#ask(show(repository), repositoryAnswer, (request) =>
      this.#octokit.rest.repos.get({ ...at(repository), request }),
    );
    refuseOther(repository, full_name);
    return default_branch;
  }

  /** Starts a workflow on the repository's default branch. */
  async dispatch(
    repository: Repository,
    workflow: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void> {
    const what = `the workflow ${workflow} in ${show(repository)}`;
    const branch = await this.#defaultBranch(repository);
    await this.#ask(what, nothingAnswer, (request) =>
      this.#octokit.rest.actions.createWorkflowDispatch({
        ...at(repository),
        workflow_id: workflow,
        ref: branch,
        inputs,
        request,
      }),
    );
  }

  /** The newest run of a workflow by its title, if it has begun. */
  async run(repository: Repository, workflow: string, title: string): Promise<WorkflowRun | undefined> {
    const what = `runs of ${workflow} in ${show(repository)}`;
    const runs = await this.#ask(what, runsAnswer, (request) =>
      this.#octokit.rest.actions.listWorkflowRuns({
        ...at(repository),
        workflow_id: workflow,
        event: "workflow_dispatch",
        per_page: 50,
        request,
      }),
    );
    return runs.find((one) => one.title === title);
  }

  /** The end of the log of a run's first job that failed. */
  async failedLog(repository: Repository, run: number, lines: number): Promise<string> {
    const { jobs } = await this.#ask(`jobs of run ${run}`, jobsAnswer, (request) =>
      this.#octokit.rest.actions.listJobsForWorkflowRun({ ...at(repository), run_id: run, request }),
    );
    const failed = jobs.find(({ conclusion }) => conclusion === "failure") ?? jobs[0];
    if (failed === undefined) return "";
    const log = await this.#ask(`the log of ${failed.name}`, logAnswer, (request) =>
      this.#octokit.rest.actions.downloadJobLogsForWorkflowRun({
        ...at(repository),
        job_id: failed.id,
        // GitHub keeps logs elsewhere, and sends on to them.
        request: { ...request, redirect: "follow" },
      }),
    );
    return log.trimEnd().split("\n").slice(-lines).join("\n");
  }

  async #ask<S extends z.ZodType>(
    what: string,
    schema: S,
    ask: (request: { signal: AbortSignal; redirect: "manual" }) => Promise<{ status: number; data: unknown }>,
  ): Promise<z.output<S>> {
    const { host } = new URL(this.#octokit.request.endpoint.DEFAULTS.baseUrl);
    const question = { what, host, hasToken: this.#hasToken };
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const { status, data } = await ask({ signal, redirect: "manual" }).catch((error: unknown) => {
      throw explained(question, error);
    });
    if (MOVED.includes(status))
      throw new UserError(
        `GitHub has ${what} elsewhere: its repository was renamed or transferred. Name it as it is called now.`,
      );
    const answer = schema.safeParse(data);
    if (!answer.success || status >= 300) throw notUnderstood(question);
    return answer.data;
  }
}

/** The statuses by which GitHub sends on to where a repository is now. */
const MOVED = [301, 302, 307, 308];

/** The statuses after which nothing is asked again: it would be answered in the same way, or make a limit worse. */
const FINAL = [400, 401, 403, 404, 410, 422, 429, 451];

/** GitHub answers for a repository's former name with the present one. */
function refuseOther(asked: Repository, answered: string): void {
  if (answered.toLowerCase() === show(asked).toLowerCase()) return;
  throw new UserError(`${show(asked)} is ${answered} now. Name it so, if that is what is meant.`);
}

/** A token that can stand in a header; it would be quoted by the error about the header otherwise. */
function sendable(token: string): string {
  const read = inForm(token, "token");
  if ("value" in read) return read.value;
  throw new UserError(
    `GITHUB_TOKEN is ${read.fault}. A token is ${read.wanted}. Give it again, or unset it.`,
  );
}

function address(baseUrl: string): string {
  const { data } = httpAddress.safeParse(baseUrl);
  if (data !== undefined) return data;
  throw new UserError("GITHUB_API_URL is no http or https address without a user. Correct it, or unset it.");
}

/** The unit of the plugin's growing waits between tries. */
const RETRY_AFTER_MS = 300;

/** What goes wrong is said by errors. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

function at({ owner, name }: Repository) {
  return { owner, repo: name };
}

function show({ owner, name }: Repository): string {
  return `${owner}/${name}`;
}
