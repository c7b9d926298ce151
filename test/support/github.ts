import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { FakeConversations } from "./conversations.ts";
import { LocalServer } from "./local-server.ts";

/** What a pull request is to be; what is not said is as of an open one of the project's own. */
export interface FakePull {
  readonly state?: "open" | "closed";
  readonly isMerged?: boolean;
  readonly owner?: string | null;
  readonly labels?: readonly string[];
  readonly sha?: string;
}

/** A workflow's run, in the order of its states: each look at it finds the next one. */
export interface FakeRun {
  readonly title: string;
  readonly states: { status: string; conclusion: string | null }[];
  /** @default - now */
  created?: Date;
}

type Mood = "well" | "silent" | "limited" | "broken";

/** An answer that takes the place of all others, whatever is asked. */
export interface OddAnswer {
  readonly status: number;
  readonly type?: string;
  readonly text: string;
  readonly headers?: Record<string, string>;
}

/** Where the code of an open pull request is. */
export interface FakeHead {
  readonly number: number;
  readonly account: string;
  readonly branch: string;
  readonly sha: string;
}

/** GitHub's API as far as it is asked, with answers of the real one's shape. */
export class FakeGitHub extends LocalServer {
  readonly pulls = new Map<string, FakePull>();
  readonly runs: FakeRun[] = [];
  /** Tries of runs, by `RUN/TRY`. */
  readonly attempts = new Map<string, { readonly path: string; readonly status: string }>();
  readonly dispatched: Record<string, string>[] = [];
  readonly asked: string[] = [];
  /** The credentials of each question, as the header has them. */
  readonly tokens: string[] = [];
  mood: Mood = "well";
  /** What it answers instead. */
  odd: OddAnswer | undefined;
  /** Repositories that have another name now, to which it sends on. */
  readonly moved = new Map<string, string>();
  /** Repositories for which it answers with what another one is. */
  readonly renamed = new Map<string, string>();
  /** What the runs of dispatched workflows go through. */
  outcome: FakeRun["states"] = [{ status: "completed", conclusion: "success" }];
  /** Is waited for before a request is answered, as `GET /repos/packit/ogr`. */
  before: (request: string) => void | Promise<void> = () => {};
  /** The heads of open pull requests, for those who look for one by its branch. */
  readonly heads: FakeHead[] = [];
  /** What is said on pull requests. */
  readonly conversations = new FakeConversations();

  /** The commit that a name stands for, unless it is told otherwise. */
  static sha(name: string): string {
    return createHash("sha1").update(name).digest("hex");
  }

  protected async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    this.asked.push(`${request.method} ${path}`);
    this.tokens.push(request.headers.authorization ?? "");
    await this.before(`${request.method} ${path}`);
    if (this.mood === "silent") return;
    if (this.mood === "broken") return json(response, 502, { message: "Server Error" });
    if (this.mood === "limited") {
      const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1900000000" };
      return json(response, 403, { message: "API rate limit exceeded for 127.0.0.1." }, headers);
    }
    if (this.odd !== undefined) return odd(response, this.odd);
    const [, asked = "", rest = ""] = /^\/repos\/([^/]+\/[^/]+)(.*)$/.exec(path) ?? [];
    const now = this.moved.get(asked);
    if (now !== undefined) {
      const headers = { location: `${this.url}/repos/${now}${rest}` };
      return json(response, 301, { message: "Moved Permanently", url: headers.location }, headers);
    }
    const { method = "" } = request;
    const body = ["POST", "PATCH"].includes(method) ? JSON.parse(await text(request)) : undefined;
    const said = this.conversations.answer(method, new URL(request.url ?? "/", "http://x"), body);
    const head = new URL(request.url ?? "/", "http://x").searchParams.get("head");
    const [status, answer] = said ?? (head === null ? this.#route(path, body) : [200, this.#from(head)]);
    json(response, status, answer);
  }

  #route(path: string, body: { inputs?: Record<string, string> } | undefined): [number, unknown] {
    const [, asked = "", rest = ""] = /^\/repos\/([^/]+\/[^/]+)\/?(.*)$/.exec(path) ?? [];
    // Its names are the same in whatever case.
    const repository = this.renamed.get(asked) ?? asked.toLowerCase();
    const [kind, id = "", more] = rest.split("/");
    if (kind === "") return [200, { full_name: repository, default_branch: "main" }];
    if (kind === "pulls") return this.#pull(repository, id);
    if (kind === "git") {
      const branch = decodeURIComponent(rest).replace("git/ref/heads/", "");
      const isThere = !/missing|pull\//.test(branch);
      return isThere ? [200, { object: { sha: FakeGitHub.sha(`${repository}@${branch}`) } }] : NOT_FOUND;
    }
    if (kind === "compare") {
      const sha = id.split("...")[1] ?? "";
      // Of the commits, those that start with letters are the project's own.
      const status = /^[a-f]/.test(sha) ? "behind" : "diverged";
      return [200, { status, merge_base_commit: { sha: FakeGitHub.sha(`${repository}@${sha}`) } }];
    }
    if (kind === "actions") return this.#actions(id, more, rest, body);
    return NOT_FOUND;
  }

  /** The open pull requests from a branch, as `packit:fix`. */
  #from(head: string): unknown[] {
    const found = this.heads.filter(({ account, branch }) => head === `${account}:${branch}`);
    return found.map(({ number, sha }) => ({ number, head: { sha } }));
  }

  #pull(repository: string, id: string): [number, unknown] {
    const pull = this.pulls.get(`${repository}#${id}`);
    if (pull === undefined) return NOT_FOUND;
    const {
      state = "open",
      owner = "packit",
      labels = [],
      isMerged = false,
      sha = FakeGitHub.sha(`${repository}#${id}`),
    } = pull;
    const head = { sha, ref: "fix", repo: owner === null ? null : { owner: { login: owner } } };
    const base = { ref: "main", repo: { full_name: repository } };
    const merged_at = state === "closed" && isMerged ? "2026-11-20T10:00:00Z" : null;
    const answer = { number: Number(id), state, merged_at, head, base };
    return [200, { ...answer, labels: labels.map((name) => ({ name })) }];
  }

  #actions(
    id: string,
    more: string | undefined,
    rest: string,
    body: { inputs?: Record<string, string> } | undefined,
  ): [number, unknown] {
    if (id === "workflows" && rest.endsWith("/dispatches")) {
      const inputs = body?.inputs ?? {};
      this.dispatched.push(inputs);
      this.runs.push({ title: inputs.reference ?? "", states: [...this.outcome] });
      return [204, undefined];
    }
    if (id === "workflows") {
      const runs = this.runs.map(({ title, states, created = new Date() }, i) => {
        const [state = { status: "queued", conclusion: null }] = states;
        if (states.length > 1) states.shift();
        return {
          id: i + 1,
          display_title: title,
          html_url: `https://github.com/runs/${i + 1}`,
          created_at: created.toISOString(),
          ...state,
        };
      });
      return [200, { total_count: runs.length, workflow_runs: runs.toReversed() }];
    }
    const attempt = /^actions\/runs\/(\d+)\/attempts\/(\d+)$/.exec(rest);
    if (attempt !== null) {
      const found = this.attempts.get(`${attempt[1]}/${attempt[2]}`);
      return found === undefined ? NOT_FOUND : [200, { id: Number(attempt[1]), ...found }];
    }
    if (id === "runs")
      return [200, { total_count: 1, jobs: [{ id: 7, name: "build", conclusion: "failure" }] }];
    if (id === "jobs" && more !== undefined) return [200, `${"a line\n".repeat(50)}Error: no such package`];
    return NOT_FOUND;
  }
}

const NOT_FOUND: [number, unknown] = [
  404,
  { message: "Not Found", documentation_url: "https://docs.github.com/rest" },
];

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/plain" : "application/json; charset=utf-8",
    ...headers,
  });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

function odd(response: ServerResponse, { status, type = "text/html", text, headers }: OddAnswer): void {
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(text);
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
