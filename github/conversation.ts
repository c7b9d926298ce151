import type { z } from "zod";
import { commentAnswer, commentsAnswer, nothingAnswer, permissionAnswer } from "./answers.ts";
import { type GitHubArgs, GitHubClient } from "./client.ts";
import { type Repository, show } from "./github.ts";

/** A comment on a pull request or an issue. */
export type Comment = z.output<typeof commentAnswer>;

/** What may be put to a comment. */
export type Reaction = "eyes" | "rocket" | "confused" | "+1" | "-1";

/** The longest comment that GitHub takes, in characters; it says so itself: "body is too long (maximum is 65536 characters)". */
export const LONGEST_COMMENT = 65_536;

/** As many comments as GitHub gives at once. */
const PAGE = 100;

/** What is said on one pull request or issue, by GitHub's API. */
export class Conversation {
  readonly #client: GitHubClient;
  readonly #place: { readonly owner: string; readonly repo: string };
  readonly #number: number;
  readonly #name: string;

  /** A UserError for a token or an address that no request can be made with. */
  constructor(args: GitHubArgs, repository: Repository, number: number) {
    this.#client = new GitHubClient(args);
    this.#place = { owner: repository.owner, repo: repository.name };
    this.#number = number;
    this.#name = `${show(repository)}#${number}`;
  }

  /** All comments, the oldest first. */
  async comments(): Promise<Comment[]> {
    const all: Comment[] = [];
    for (let page = 1; ; page++) {
      const found = await this.#client.ask(`comments of ${this.#name}`, commentsAnswer, (rest, request) =>
        rest.issues.listComments({
          ...this.#place,
          issue_number: this.#number,
          per_page: PAGE,
          page,
          request,
        }),
      );
      all.push(...found);
      if (found.length < PAGE) return all;
    }
  }

  /** Says something new. */
  post(body: string): Promise<Comment> {
    return this.#client.ask(`a comment on ${this.#name}`, commentAnswer, (rest, request) =>
      rest.issues.createComment({ ...this.#place, issue_number: this.#number, body, request }),
    );
  }

  /** Changes what a comment says; nothing if it is gone. */
  edit(id: number, body: string): Promise<Comment | undefined> {
    return this.#client.askForGone(`comment ${id} of ${this.#name}`, commentAnswer, (rest, request) =>
      rest.issues.updateComment({ ...this.#place, comment_id: id, body, request }),
    );
  }

  /** Takes a comment away, if it is still there. */
  async remove(id: number): Promise<void> {
    await this.#client.askForGone(`comment ${id} of ${this.#name}`, nothingAnswer, (rest, request) =>
      rest.issues.deleteComment({ ...this.#place, comment_id: id, request }),
    );
  }

  /** Puts a reaction to a comment, if it is still there. */
  async react(id: number, content: Reaction): Promise<void> {
    await this.#client.askForGone(`comment ${id} of ${this.#name}`, nothingAnswer, (rest, request) =>
      rest.reactions.createForIssueComment({ ...this.#place, comment_id: id, content, request }),
    );
  }

  /** Whether an account may write to the repository, as GitHub has it at this moment. */
  async mayWrite(account: string): Promise<boolean> {
    const found = await this.#client.askForGone(
      `what ${account} may do in ${this.#name}`,
      permissionAnswer,
      (rest, request) =>
        rest.repos.getCollaboratorPermissionLevel({ ...this.#place, username: account, request }),
    );
    // Roles of an organization's own are told by the role that they are based on.
    return found !== undefined && ["admin", "write"].includes(found.permission);
  }
}
