import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from "undici";
import { EnvironmentError } from "../errors.ts";
import { Identity } from "./identity.ts";
import { ServerClock } from "./server-clock.ts";
import type { Way } from "./way.ts";

/** How long a connection, the beginning of an answer and a pause in it may take. */
const TIMEOUT_MS = 30_000;

/** As many requests at once as the API server answers soonest, by measurement. */
const CONNECTIONS = 24;

export interface Request {
  readonly method: Dispatcher.HttpMethod;
  /** Below the server's address, with the query. */
  readonly path: string;
  readonly body?: object | undefined;
  /** The body's media type. @default - JSON */
  readonly type?: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  /** How long the server asks to be left alone, in seconds. */
  readonly retryAfter: number;
}

/** A request that was not answered as a whole. Whether anything was done of it is not known. */
export class NoAnswer extends EnvironmentError {
  /** Whether the same may go well a moment later. */
  readonly mayPass: boolean;

  constructor(message: string, mayPass: boolean) {
    super(message);
    this.mayPass = mayPass;
  }
}

/** Carries requests to an API server and its answers back, each once. */
export class Transport {
  /** What time it is where the answers come from. */
  readonly clock = new ServerClock();
  readonly #way: Way;
  readonly #identity: Identity;
  #dispatcher: { readonly cert: string | undefined; readonly value: Dispatcher } | undefined;

  constructor(way: Way) {
    this.#way = way;
    this.#identity = new Identity(way.user);
  }

  /** The answer, whatever it is; a NoAnswer where none came as a whole. */
  async send(request: Request): Promise<Answer> {
    const answer = await this.#once(request);
    return answer.status === 401 && this.#identity.renew() ? this.#once(request) : answer;
  }

  async #once({ method, path, body, type = "application/json" }: Request): Promise<Answer> {
    const { headers, tls } = await this.#identity.credentials();
    const { origin, pathname } = this.#way.server;
    try {
      const answer = await this.#dispatcherWith(tls).request({
        origin,
        path: pathname.replace(/\/$/, "") + path,
        method,
        headers: { ...headers, accept: "application/json, */*", ...(body && { "content-type": type }) },
        ...(body && { body: JSON.stringify(body) }),
      });
      this.clock.hear(String(answer.headers.date));
      return {
        status: answer.statusCode,
        text: await answer.body.text(),
        type: String(answer.headers["content-type"] ?? "no type"),
        retryAfter: Number(answer.headers["retry-after"]) || 0,
      };
    } catch (error) {
      throw this.#noAnswer(error);
    }
  }

  #dispatcherWith(given: { readonly cert?: string; readonly key?: string }): Dispatcher {
    if (this.#dispatcher === undefined || this.#dispatcher.cert !== given.cert)
      this.#dispatcher = { cert: given.cert, value: dispatcher(this.#way, given) };
    return this.#dispatcher.value;
  }

  #noAnswer(error: unknown): NoAnswer {
    const { server, proxy, remedy } = this.#way;
    const { message, code } = lastCause(error);
    const by = proxy ? ` through the proxy ${proxy.protocol}//${proxy.host}` : "";
    const isUntrusted = /CERT|_TLS_|_SSL_|SIGNATURE|ISSUER/.test(code);
    const advice = isUntrusted ? "Check what the kubeconfig says of certificates." : (remedy ?? "");
    return new NoAnswer(
      `The API server at ${server.origin} cannot be reached${by} (${message || code}). ${advice}`.trim(),
      !isUntrusted,
    );
  }
}

function dispatcher({ tls, proxy }: Way, given: object): Dispatcher {
  const own = { ...tls, ...given };
  const options = {
    connections: CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
  };
  if (proxy === undefined) return new Agent({ ...options, connect: own });
  if (proxy.protocol === "socks5:") return new Socks5ProxyAgent(proxy, { ...options, requestTls: own });
  return new ProxyAgent({ ...options, uri: proxy.href, requestTls: own });
}

/** What has gone wrong in the end: others wrap it. */
function lastCause(error: unknown): { readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  if (error.cause instanceof Error) return lastCause(error.cause);
  return { message: error.message, code: "code" in error ? String(error.code) : "" };
}
