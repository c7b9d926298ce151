import { z } from "zod";
import { branchAnswer, nothingAnswer } from "./answers.ts";
import { type GitHubArgs, GitHubClient } from "./client.ts";
import { type Repository, show } from "./github.ts";

const contents = z
  .object({ content: z.string(), encoding: z.literal("base64"), sha: z.string() })
  .transform(({ content, sha }) => ({ text: Buffer.from(content, "base64").toString(), sha }));

const pulls = z.array(z.object({ number: z.number(), html_url: z.string() }));
const opened = z.object({ number: z.number(), html_url: z.string() });

export interface FileArgs {
  readonly path: string;
  readonly text: string;
  readonly branch: string;
  readonly message: string;
}

/** A repository in which a file is published. Each of its changes can be looked for, and so need not be made twice. */
export class Publication {
  readonly #client: GitHubClient;
  readonly #at: { readonly owner: string; readonly repo: string };
  readonly #owner: string;
  readonly #name: string;

  constructor(repository: Repository, args: GitHubArgs) {
    this.#client = new GitHubClient(args);
    this.#at = { owner: repository.owner, repo: repository.name };
    this.#owner = repository.owner;
    this.#name = show(repository);
  }

  /** The commit that a branch is at; nothing where there is no such branch. */
  async head(branch: string): Promise<string | undefined> {
    const what = `branch ${branch} in ${this.#name}`;
    const found = await this.#client.askForGone(what, branchAnswer, (rest, request) =>
      rest.git.getRef({ ...this.#at, ref: `heads/${branch}`, request }),
    );
    return found?.object.sha;
  }

  async makeBranch(branch: string, sha: string): Promise<void> {
    await this.#client.ask(`branch ${branch} in ${this.#name}`, nothingAnswer, (rest, request) =>
      rest.git.createRef({ ...this.#at, ref: `refs/heads/${branch}`, sha, request }),
    );
  }

  /** A file on a branch; nothing where there is none. */
  file(path: string, branch: string): Promise<{ text: string; sha: string } | undefined> {
    return this.#client.askForGone(`${path} in ${this.#name}`, contents, (rest, request) =>
      rest.repos.getContent({ ...this.#at, path, ref: branch, request }),
    );
  }

  /** Commits a file to a branch. */
  async write({ path, text, branch, message }: FileArgs): Promise<void> {
    const former = await this.file(path, branch);
    await this.#client.ask(`${path} in ${this.#name}`, nothingAnswer, (rest, request) =>
      rest.repos.createOrUpdateFileContents({
        ...this.#at,
        path,
        branch,
        message,
        content: Buffer.from(text).toString("base64"),
        ...(former && { sha: former.sha }),
        request,
      }),
    );
  }

  /** The address of the pull request from a branch, be it open or not; nothing where there is none. */
  async pullFrom(branch: string): Promise<string | undefined> {
    const found = await this.#client.ask(`pull requests in ${this.#name}`, pulls, (rest, request) =>
      rest.pulls.list({ ...this.#at, head: `${this.#owner}:${branch}`, state: "all", request }),
    );
    return found[0]?.html_url;
  }

  /** Opens a pull request, and returns its address. */
  async open(args: { branch: string; base: string; title: string; body: string }): Promise<string> {
    const { branch, base, title, body } = args;
    const made = await this.#client.ask(`a pull request in ${this.#name}`, opened, (rest, request) =>
      rest.pulls.create({ ...this.#at, head: branch, base, title, body, request }),
    );
    return made.html_url;
  }
}
