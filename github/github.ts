import { retry } from "@octokit/plugin-retry";
import { RequestError } from "@octokit/request-error";
import { Octokit } from "@octokit/rest";
import { EnvironmentError, UserError } from "../errors.ts";
import { inForm } from "../settings/secret-form.ts";
import { baseUrl as httpAddress } from "../settings/values.ts";

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

/** GitHub's API: the one place that asks it. */
export class GitHub {
  readonly #octokit: InstanceType<typeof Client>;
  readonly #timeoutMs: number;

  /** A UserError for a token or an address that no request can be made with. */
  constructor({ token, baseUrl, timeoutMs = 15_000 }: GitHubArgs) {
    this.#timeoutMs = timeoutMs;
    this.#octokit = new Client({
      ...(token && { auth: sendable(token) }),
      ...(baseUrl && { baseUrl: address(baseUrl) }),
      userAgent: "packit-deployment",
      log: SILENT,
      retry: { retries: 2, retryAfterBaseValue: RETRY_AFTER_MS },
    });
  }

  /** A pull request; a UserError where there is none. */
  async pullRequest(repository: Repository, number: number): Promise<PullRequest> {
    const what = `pull request ${number} in ${show(repository)}`;
    const { data } = await this.#ask(what, (request) =>
      this.#octokit.rest.pulls.get({ ...at(repository), pull_number: number, request }),
    );
    return {
      isOpen: data.state === "open",
      sha: data.head.sha,
      owner: data.head.repo?.owner.login,
      labels: data.labels.map(({ name }) => name),
    };
  }

  /** The commit at the head of a branch; a UserError where there is none. */
  async branch(repository: Repository, name: string): Promise<string> {
    const { data } = await this.#ask(`branch ${name} in ${show(repository)}`, (request) =>
      this.#octokit.rest.git.getRef({ ...at(repository), ref: `heads/${name}`, request }),
    );
    return data.object.sha;
  }

  /** The whole name of a commit that the repository's default branch holds; a UserError for any other. */
  async commit(repository: Repository, sha: string): Promise<string> {
    const branch = await this.#defaultBranch(repository);
    const { data } = await this.#ask(`commit ${sha} in ${show(repository)}`, (request) =>
      this.#octokit.rest.repos.compareCommitsWithBasehead({
        ...at(repository),
        basehead: `${branch}...${sha}`,
        per_page: 1,
        request,
      }),
    );
    if (data.status !== "behind" && data.status !== "identical")
      throw new UserError(
        `Commit ${sha} is not on ${branch} of ${show(repository)}. Name its branch or pull request.`,
      );
    return data.merge_base_commit.sha;
  }

  async #defaultBranch(repository: Repository): Promise<string> {
    const { data } = await this.#ask(show(repository), (request) =>
      this.#octokit.rest.repos.get({ ...at(repository), request }),
    );
    return data.default_branch;
  }

  /** Starts a workflow on the repository's default branch. */
  async dispatch(
    repository: Repository,
    workflow: string,
    inputs: Readonly<Record<string, string>>,
  ): Promise<void> {
    const what = `the workflow ${workflow} in ${show(repository)}`;
    const branch = await this.#defaultBranch(repository);
    await this.#ask(what, (request) =>
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
    const { data } = await this.#ask(`runs of ${workflow} in ${show(repository)}`, (request) =>
      this.#octokit.rest.actions.listWorkflowRuns({
        ...at(repository),
        workflow_id: workflow,
        event: "workflow_dispatch",
        per_page: 50,
        request,
      }),
    );
    const found = data.workflow_runs.find(({ display_title }) => display_title === title);
    if (found === undefined) return undefined;
    const { id, html_url: url, status, conclusion, created_at } = found;
    const created = new Date(created_at);
    return { id, url, status: status ?? "queued", conclusion: conclusion ?? undefined, created };
  }

  /** The end of the log of a run's first job that failed. */
  async failedLog(repository: Repository, run: number, lines: number): Promise<string> {
    const { data } = await this.#ask(`jobs of run ${run}`, (request) =>
      this.#octokit.rest.actions.listJobsForWorkflowRun({ ...at(repository), run_id: run, request }),
    );
    const failed = data.jobs.find(({ conclusion }) => conclusion === "failure") ?? data.jobs[0];
    if (failed === undefined) return "";
    const log = await this.#ask(`the log of ${failed.name}`, (request) =>
      this.#octokit.rest.actions.downloadJobLogsForWorkflowRun({
        ...at(repository),
        job_id: failed.id,
        request,
      }),
    );
    return String(log.data).trimEnd().split("\n").slice(-lines).join("\n");
  }

  async #ask<T>(what: string, ask: (request: { signal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      return await ask({ signal: AbortSignal.timeout(this.#timeoutMs) });
    } catch (error) {
      throw this.#explained(what, error);
    }
  }

  #explained(what: string, error: unknown): unknown {
    const host = new URL(this.#octokit.request.endpoint.DEFAULTS.baseUrl).host;
    if (!(error instanceof RequestError)) {
      if (!(error instanceof Error)) return error;
      return new EnvironmentError(`GitHub (${host}) cannot be asked for ${what}: ${error.message}.`);
    }
    const { status, response, message } = error;
    if (status === 404) return new UserError(`There is no ${what}, or the token may not see it.`);
    if (status === 422) return new UserError(`There is no ${what}.`);
    const {
      "x-ratelimit-remaining": left,
      "x-ratelimit-reset": reset,
      "retry-after": wait,
    } = response?.headers ?? {};
    if ([403, 429].includes(status) && (left === "0" || wait !== undefined || /rate limit/i.test(message))) {
      const until = reset === undefined ? "later" : `after ${new Date(Number(reset) * 1000).toISOString()}`;
      return new EnvironmentError(
        `GitHub's rate limit is reached. Try again ${until}, or give GITHUB_TOKEN.`,
      );
    }
    if (status === 401)
      return new EnvironmentError("GitHub refuses the token in GITHUB_TOKEN. Give another one.");
    if (status === 500 && response === undefined) {
      return new EnvironmentError(
        `GitHub (${host}) does not answer for ${what}: ${message}. Try again later.`,
      );
    }
    return new EnvironmentError(
      `GitHub (${host}) answered ${status} for ${what}: ${message.split(" - http")[0]}.`,
    );
  }
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
