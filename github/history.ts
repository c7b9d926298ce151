import { z } from "zod";
import { runsAnswer } from "./answers.ts";
import { type GitHubArgs, GitHubClient } from "./client.ts";
import type { Repository, WorkflowRun } from "./github.ts";
import { show } from "./github.ts";

const pull = z
  .object({
    number: z.number(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    merged_at: z.string().nullish(),
  })
  .transform(({ number, title, body, html_url, merged_at }) => ({
    number,
    title,
    body: body ?? "",
    url: html_url,
    isMerged: typeof merged_at === "string",
  }));

/** A pull request, as its authors describe it. */
export type DescribedPull = z.output<typeof pull>;

/** What became of a repository's commits: the pull requests that they are of, and the builds of them. */
export class History {
  readonly #client: GitHubClient;
  readonly #at: { readonly owner: string; readonly repo: string };
  readonly #name: string;

  constructor(repository: Repository, args: GitHubArgs) {
    this.#client = new GitHubClient(args);
    this.#at = { owner: repository.owner, repo: repository.name };
    this.#name = show(repository);
  }

  /** A pull request by its number; nothing where there is none. */
  pull(number: number): Promise<DescribedPull | undefined> {
    return this.#client.askForGone(`pull request ${number} in ${this.#name}`, pull, (rest, request) =>
      rest.pulls.get({ ...this.#at, pull_number: number, request }),
    );
  }

  /** The merged pull requests that a commit is of. */
  async pullsOf(sha: string): Promise<DescribedPull[]> {
    const what = `pull requests of ${sha} in ${this.#name}`;
    const found = await this.#client.ask(what, z.array(pull), (rest, request) =>
      rest.repos.listPullRequestsAssociatedWithCommit({ ...this.#at, commit_sha: sha, request }),
    );
    return found.filter(({ isMerged }) => isMerged);
  }

  /** The newest run of a workflow for a commit that was pushed to a branch, if there is one yet. */
  async pushRun(workflow: string, branch: string, sha: string): Promise<WorkflowRun | undefined> {
    const what = `runs of ${workflow} in ${this.#name}`;
    const runs = await this.#client.ask(what, runsAnswer, (rest, request) =>
      rest.actions.listWorkflowRuns({
        ...this.#at,
        workflow_id: workflow,
        branch,
        head_sha: sha,
        per_page: 20,
        request,
      }),
    );
    return runs.toSorted((a, b) => b.created.getTime() - a.created.getTime())[0];
  }
}
