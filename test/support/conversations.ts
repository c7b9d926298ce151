/** A comment as GitHub has it. */
export interface FakeComment {
  readonly id: number;
  /** What it is on, as `packit/ogr#123`. */
  readonly place: string;
  readonly author: string | null;
  readonly type: "User" | "Bot";
  body: string;
  readonly created: string;
  updated: string;
  /** Who has put what to it. */
  readonly reactions: { by: string; content: string }[];
}

/** The answer of GitHub's own: a status and a body. */
type Answer = [status: number, body: unknown];

/** The longest body that GitHub takes, in characters. */
const LONGEST = 65_536;

const NOT_FOUND: Answer = [
  404,
  { message: "Not Found", documentation_url: "https://docs.github.com/rest", status: "404" },
];

/** What is said on GitHub's pull requests, and who may say it: the part of its API that conversations are held by. */
export class FakeConversations {
  readonly comments: FakeComment[] = [];
  /** What accounts may do in a repository, as `alice in packit/ogr`. */
  readonly permissions = new Map<string, "admin" | "write" | "read" | "none">();
  /** What was done with labels, by pull request. */
  readonly events = new Map<string, { event: string; label: string; by: string; at: string }[]>();
  /** The account that the token is of. */
  account = "github-actions[bot]";
  /** Answers in the place of the API where it says something. */
  fails: ((method: string, path: string) => Answer | undefined) | undefined;
  #next = 1_000_000_001;

  /** Somebody says something on a pull request, as `packit/ogr#123`. Returns the comment's id. */
  say(place: string, author: string | null, body: string, type: FakeComment["type"] = "User"): number {
    const id = this.#next++;
    const created = new Date().toISOString();
    this.comments.push({ id, place, author, type, body, created, updated: created, reactions: [] });
    return id;
  }

  /** Somebody puts a label to a pull request, or takes it away. */
  label(place: string, event: "labeled" | "unlabeled", label: string, by: string, at = new Date()): void {
    const events = this.events.get(place) ?? [];
    this.events.set(place, [...events, { event, label, by, at: at.toISOString() }]);
  }

  /** What stands on a pull request, in its order. */
  on(place: string): FakeComment[] {
    return this.comments.filter((one) => one.place === place);
  }

  /** What was put to a comment. */
  reactionsTo(id: number): string[] {
    return this.comments.find((one) => one.id === id)?.reactions.map(({ content }) => content) ?? [];
  }

  /** The answer to a request; nothing if it is about something else. */
  answer(method: string, url: URL, body: Readonly<Record<string, unknown>> | undefined): Answer | undefined {
    const [, repository = "", kind = "", rest = ""] =
      /^\/repos\/([^/]+\/[^/]+)\/(issues|collaborators)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === "") return undefined;
    const failed = this.fails?.(method, url.pathname);
    if (failed !== undefined) return failed;
    if (kind === "collaborators")
      return this.#permission(repository, decodeURIComponent(rest.split("/")[0] ?? ""));
    const page = (all: readonly unknown[]): Answer => {
      const size = Number(url.searchParams.get("per_page") ?? 30);
      const number = Number(url.searchParams.get("page") ?? 1);
      return [200, all.slice((number - 1) * size, number * size)];
    };
    const [first = "", second = "", third = ""] = rest.split("/");
    if (first === "comments") return this.#one(method, repository, Number(second), third, body, url);
    const place = `${repository}#${first}`;
    if (second === "events") return page((this.events.get(place) ?? []).map(eventOf));
    if (second !== "comments") return NOT_FOUND;
    if (method === "GET") return page(this.on(place).map(commentOf));
    if (isTooLong(body)) return TOO_LONG;
    const id = this.say(
      place,
      this.account,
      String(body?.body),
      /\[bot\]$/.test(this.account) ? "Bot" : "User",
    );
    return [201, this.comments.filter((one) => one.id === id).map(commentOf)[0]];
  }

  #one(
    method: string,
    repository: string,
    id: number,
    more: string,
    body: Readonly<Record<string, unknown>> | undefined,
    url: URL,
  ): Answer {
    const found = this.comments.find((one) => one.id === id && one.place.startsWith(`${repository}#`));
    if (found === undefined) return NOT_FOUND;
    if (more === "reactions") return this.#reactions(method, found, body, url);
    if (method === "DELETE") {
      this.comments.splice(this.comments.indexOf(found), 1);
      return [204, undefined];
    }
    if (method === "PATCH") {
      if (isTooLong(body)) return TOO_LONG;
      found.body = String(body?.body);
      found.updated = new Date(Date.parse(found.created) + 60_000).toISOString();
    }
    return [200, commentOf(found)];
  }

  #reactions(
    method: string,
    { reactions }: FakeComment,
    body: Readonly<Record<string, unknown>> | undefined,
    url: URL,
  ): Answer {
    const wanted = String(body?.content ?? url.searchParams.get("content"));
    const same = reactions.filter(({ content }) => content === wanted);
    const shown = ({ by, content }: { by: string; content: string }) => ({
      id: 1,
      user: { login: by },
      content,
    });
    if (method === "GET") return [200, same.map(shown)];
    const own = same.find(({ by }) => by === this.account);
    if (own !== undefined) return [200, shown(own)];
    const made = { by: this.account, content: wanted };
    reactions.push(made);
    return [201, shown(made)];
  }

  #permission(repository: string, account: string): Answer {
    const permission = this.permissions.get(`${account} in ${repository}`);
    // GitHub knows the account, and answers with what everybody may do.
    return [
      200,
      { permission: permission ?? "read", role_name: permission ?? "read", user: { login: account } },
    ];
  }
}

const TOO_LONG: Answer = [
  422,
  { message: `Validation Failed: body is too long (maximum is ${LONGEST} characters)`, status: "422" },
];

function isTooLong(body: Readonly<Record<string, unknown>> | undefined): boolean {
  return String(body?.body).length > LONGEST;
}

function commentOf({ id, place, author, type, body, created, updated }: FakeComment) {
  const [repository = "", number = ""] = place.split("#");
  return {
    id,
    body,
    user: author === null ? null : { login: author, type },
    html_url: `https://github.com/${repository}/pull/${number}#issuecomment-${id}`,
    issue_url: `https://api.github.com/repos/${repository}/issues/${number}`,
    created_at: created,
    updated_at: updated,
    // Never to be relied upon.
    author_association: "OWNER",
  };
}

function eventOf({ event, label, by, at }: { event: string; label: string; by: string; at: string }) {
  return { id: 1, event, created_at: at, actor: { login: by }, label: { name: label, color: "ededed" } };
}
