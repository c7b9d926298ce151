import type { z } from "zod";
import {
  commentAnswer,
  commentsAnswer,
  issueEventsAnswer,
  nothingAnswer,
  permissionAnswer,
  reactionsAnswer,
  wholeCommentAnswer,
} from "./answers.ts";
import { type GitHubArgs, GitHubClient, type RequestOptions, type Rest } from "./client.ts";
import { type Repository, show } from "./github.ts";

/** A comment on a pull request or an issue. */
export type Comment = z.output<typeof commentAnswer>;

/** A comment with what there is to judge it by. */
export type WholeComment = z.output<typeof wholeCommentAnswer>;

/** Who has put a label to a pull request last, or taken it away. */
export interface Labelling {
  readonly by: string | undefined;
  readonly at: Date;
  readonly isThere: boolean;
}

/** What may be put to a comment. */
export type Reaction = "eyes" | "rocket" | "confused" | "+1" | "-1";

/** The longest comment that GitHub takes, in characters; it says so itself: "body is too long (maximum is 65536 characters)". */
export const LONGEST_COMMENT = 65_536;

/** As many comments as GitHub gives at once. */
const PAGE = 100;

/** Asks for one page. */
type AskPage = (
  rest: Rest,
  page: {
    readonly owner: string;
    readonly repo: string;
    readonly issue_number: number;
    readonly per_page: number;
    readonly page: number;
    readonly request: RequestOptions;
  },
) => Promise<{ status: number; data: unknown }>;

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

  /** What it is on, as `packit/ogr#123`. */
  get name(): string {
    return this.#name;
  }

  /** All comments, the oldest first. */
  comments(): Promise<Comment[]> {
    return this.#pages("comments", commentsAnswer, (rest, page) => rest.issues.listComments(page));
  }

  /** One comment, by whatever pull request or issue of the repository it is on; nothing if it is gone. */
  comment(id: number): Promise<WholeComment | undefined> {
    return this.#client.askForGone(`comment ${id} of ${this.#name}`, wholeCommentAnswer, (rest, request) =>
      rest.issues.getComment({ ...this.#place, comment_id: id, request }),
    );
  }

  /** What was last done with a label; nothing if it never was there. */
  async labelling(label: string): Promise<Labelling | undefined> {
    const events = await this.#pages("events", issueEventsAnswer, (rest, page) =>
      rest.issues.listEvents(page),
    );
    const last = events.findLast((one) => one.label === label && /^(un)?labeled$/.test(one.event));
    return last && { by: last.by, at: last.at, isThere: last.event === "labeled" };
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

  /** All that there is of something, page by page. */
  async #pages<T>(what: string, schema: z.ZodType<T[]>, ask: AskPage): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; ; page++) {
      const found = await this.#client.ask(`${what} of ${this.#name}`, schema, (rest, request) =>
        ask(rest, { ...this.#place, issue_number: this.#number, per_page: PAGE, page, request }),
      );
      all.push(...found);
      if (found.length < PAGE) return all;
    }
  }

  /** Whether an account has put one of some reactions to a comment. */
  async hasReaction(id: number, account: string, contents: readonly Reaction[]): Promise<boolean> {
    const ask = (content: Reaction) =>
      this.#client.ask(`reactions to comment ${id} of ${this.#name}`, reactionsAnswer, (rest, request) =>
        rest.reactions.listForIssueComment({
          ...this.#place,
          comment_id: id,
          content,
          per_page: PAGE,
          request,
        }),
      );
    const found = (await Promise.all(contents.map(ask))).flat();
    return found.some(({ user }) => user?.login === account);
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
