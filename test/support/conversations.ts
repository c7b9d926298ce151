import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeComment {
  readonly id: number;
  body: string;
  author: string;
}

/** A pull request as a list of GitHub's has it. */
export interface FakeHead {
  readonly number: number;
  readonly account: string;
  readonly branch: string;
  readonly sha: string;
}

/** Conversations on pull requests, by GitHub's API with answers of the real one's shape. */
export class FakeConversations {
  readonly comments: FakeComment[] = [];
  readonly pulls: FakeHead[] = [];
  readonly asked: string[] = [];
  /** What it answers to a request instead, if anything: `POST /repos/…`. */
  instead: (
    request: string,
  ) => { status: number; body: unknown; headers?: Record<string, string> } | undefined = () => undefined;
  /** Called before a request is answered, with its number from 1. */
  before: (request: string) => void | Promise<void> = () => {};
  readonly author: string;
  #last = 0;
  readonly #server: Server;

  constructor(author = "github-actions[bot]") {
    this.author = author;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    // It listens on a port of its own.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Says something, as an account does. */
  say(body: string, author = this.author): FakeComment {
    this.#last += 1;
    const comment = { id: this.#last, body, author };
    this.comments.push(comment);
    return comment;
  }

  remove(id: number): boolean {
    const place = this.comments.findIndex((one) => one.id === id);
    if (place >= 0) this.comments.splice(place, 1);
    return place >= 0;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
    const name = `${request.method} ${pathname}`;
    this.asked.push(name);
    await this.before(name);
    const odd = this.instead(name);
    if (odd) return send(response, odd.status, odd.body, odd.headers);
    const body = ["POST", "PATCH"].includes(request.method ?? "") ? JSON.parse(await text(request)) : {};
    const [status, answer] = this.#route(name, searchParams, body);
    send(response, status, answer);
  }

  #route(name: string, query: URLSearchParams, { body = "" }: { body?: string }): [number, unknown] {
    const isTooLong = [...body].length > 65_536;
    if (isTooLong)
      return [422, { message: "Validation Failed", errors: [{ code: "custom", field: "body" }] }];
    const id = Number(/\/comments\/(\d+)$/.exec(name)?.[1]);
    if (/^GET .*\/issues\/\d+\/comments$/.test(name)) return [200, this.#page(query)];
    if (/^POST .*\/issues\/\d+\/comments$/.test(name)) return [201, shape(this.say(body))];
    if (name.startsWith("DELETE ")) return this.remove(id) ? [204, undefined] : NOT_FOUND;
    if (name.startsWith("PATCH ")) {
      const comment = this.comments.find((one) => one.id === id);
      if (comment === undefined) return NOT_FOUND;
      comment.body = body;
      return [200, shape(comment)];
    }
    if (/^GET .*\/pulls$/.test(name)) {
      const found = this.pulls.filter(({ account, branch }) => query.get("head") === `${account}:${branch}`);
      return [200, found.map(({ number, sha }) => ({ number, head: { sha } }))];
    }
    return NOT_FOUND;
  }

  #page(query: URLSearchParams): unknown[] {
    const [size, page] = [Number(query.get("per_page") ?? 30), Number(query.get("page") ?? 1)];
    return this.comments.slice(size * (page - 1), size * page).map(shape);
  }
}

const NOT_FOUND: [number, unknown] = [
  404,
  { message: "Not Found", documentation_url: "https://docs.github.com/rest" },
];

function shape({ id, body, author }: FakeComment) {
  return {
    id,
    body,
    html_url: `https://github.com/packit/deployment/pull/7#issuecomment-${id}`,
    user: { login: author, type: author.endsWith("[bot]") ? "Bot" : "User" },
  };
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
