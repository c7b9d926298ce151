import { UserError } from "../errors.ts";
import {
  attemptAnswer,
  branchAnswer,
  comparisonAnswer,
  jobsAnswer,
  logAnswer,
  nothingAnswer,
  pullAnswer,
  pullsAnswer,
  repositoryAnswer,
  runsAnswer,
} from "./answers.ts";
import { type GitHubArgs, GitHubClient } from "./client.ts";

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

/**
 * GitHub's API: the one place that asks it. Every answer is held to what it must be. A repository that was renamed or
 * transferred is refused by its former name: whoever has it now need not be whom its name speaks of.
 */
export class GitHub {
  readonly #client: GitHubClient;

  /** A UserError for a token or an address that no request can be made with. */
  constructor(args: GitHubArgs) {
    this.#client = new GitHubClient(args);
  }

  /** A pull request; a UserError where there is none. */
  async pullRequest(repository: Repository, number: number): Promise<PullRequest> {
    const what = `pull request ${number} in ${show(repository)}`;
    const { state, merged_at, head, base, labels } = await this.#client.ask(
      what,
      pullAnswer,
      (rest, request) => rest.pulls.get({ ...at(repository), pull_number: number, request }),
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

  /** The open pull requests from a branch of an account's. */
  pullRequestsFrom(
    repository: Repository,
    account: string,
    branch: string,
  ): Promise<{ number: number; sha: string }[]> {
    return this.#client.ask(`pull requests in ${show(repository)}`, pullsAnswer, (rest, request) =>
      rest.pulls.list({
        ...at(repository),
        head: `${account}:${branch}`,
        state: "open",
        per_page: 100,
        request,
      }),
    );
  }

  /** The commit at the head of a branch; a UserError where there is none. */
  async branch(repository: Repository, name: string): Promise<string> {
    await this.#defaultBranch(repository);
    const what = `branch ${name} in ${show(repository)}`;
    const { object } = await this.#client.ask(what, branchAnswer, (rest, request) =>
      rest.git.getRef({ ...at(repository), ref: `heads/${name}`, request }),
    );
    return object.sha;
  }

  /** The whole name of a commit that the repository's default branch holds; a UserError for any other. */
  async commit(repository: Repository, sha: string): Promise<string> {
    const branch = await this.#defaultBranch(repository);
    const what = `commit ${sha} in ${show(repository)}`;
    const { status, merge_base_commit } = await this.#client.ask(what, comparisonAnswer, (rest, request) =>
      rest.repos.compareCommitsWithBasehead({
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
    const { full_name, default_branch } = await this.#client.ask(
      show(repository),
      repositoryAnswer,
      (rest, request) => rest.repos.get({ ...at(repository), request }),
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
    await this.#client.ask(what, nothingAnswer, (rest, request) =>
      rest.actions.createWorkflowDispatch({
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
    const runs = await this.#client.ask(what, runsAnswer, (rest, request) =>
      rest.actions.listWorkflowRuns({
        ...at(repository),
        workflow_id: workflow,
        event: "workflow_dispatch",
        per_page: 50,
        request,
      }),
    );
    return runs.find((one) => one.title === title);
  }

  /** A try of a run: the workflow's file, and how far it is; nothing where there is none, or no longer. */
  async attempt(
    repository: Repository,
    run: number,
    attempt: number,
  ): Promise<{ readonly workflow: string; readonly status: string } | undefined> {
    const what = `try ${attempt} of run ${run} in ${show(repository)}`;
    return this.#client.askForGone(what, attemptAnswer, (rest, request) =>
      rest.actions.getWorkflowRunAttempt({
        ...at(repository),
        run_id: run,
        attempt_number: attempt,
        request,
      }),
    );
  }

  /** The end of the log of a run's first job that failed. */
  async failedLog(repository: Repository, run: number, lines: number): Promise<string> {
    const { jobs } = await this.#client.ask(`jobs of run ${run}`, jobsAnswer, (rest, request) =>
      rest.actions.listJobsForWorkflowRun({ ...at(repository), run_id: run, request }),
    );
    const failed = jobs.find(({ conclusion }) => conclusion === "failure") ?? jobs[0];
    if (failed === undefined) return "";
    const log = await this.#client.ask(`the log of ${failed.name}`, logAnswer, (rest, request) =>
      rest.actions.downloadJobLogsForWorkflowRun({
        ...at(repository),
        job_id: failed.id,
        // GitHub keeps logs elsewhere, and sends on to them.
        request: { ...request, redirect: "follow" },
      }),
    );
    return log.trimEnd().split("\n").slice(-lines).join("\n");
  }
}

/** GitHub answers for a repository's former name with the present one. */
function refuseOther(asked: Repository, answered: string): void {
  if (answered.toLowerCase() === show(asked).toLowerCase()) return;
  throw new UserError(`${show(asked)} is ${answered} now. Name it so, if that is what is meant.`);
}

function at({ owner, name }: Repository) {
  return { owner, repo: name };
}

/** `packit/ogr` */
export function show({ owner, name }: Repository): string {
  return `${owner}/${name}`;
}
