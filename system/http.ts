import { setTimeout } from "node:timers/promises";
import type { z } from "zod";
import { EnvironmentError, UserError } from "../errors.ts";
import { jsonIn } from "./json-text.ts";

export interface HttpArgs {
  /** What the service is called in errors. */
  readonly service: string;
  readonly url: string;
  /** The token, as it was found; whatever an error quotes, it is not in it. */
  readonly token?: string | undefined;
  /** The variable that it was found in. */
  readonly tokenName?: string;
  /** How long an answer may take, in milliseconds. @default 20000 */
  readonly timeoutMs?: number;
  /** The first pause before another try, in milliseconds; each is twice the one before. @default 500 */
  readonly pauseMs?: number;
  /** Hears what would be written, which then is not sent. @default - everything is sent */
  readonly record?: ((line: string) => void) | undefined;
}

export interface HttpRequest {
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: object;
  /** The key by which the service knows a request that is sent again: without one, no POST is. */
  readonly idempotencyKey?: string;
  /** Whether it is never sent again where its outcome is not known: who asked looks first. @default false */
  readonly isSentOnce?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** How often something is tried, and the longest pause before the next try, in milliseconds. */
const TRIES = 4;
const LONGEST_MS = 30_000;

const GONE = [404, 410];

/** How a service is asked over HTTP: with a limit of time, and again where that can do no harm. */
export class HttpClient {
  readonly #args: HttpArgs;

  constructor(args: HttpArgs) {
    this.#args = args;
  }

  get hasToken(): boolean {
    return Boolean(this.#args.token);
  }

  /** What is asked for, held to what it must be; a UserError where there is none. */
  async ask<S extends z.ZodType>(what: string, schema: S, request: HttpRequest): Promise<z.output<S>> {
    const found = await this.askForGone(what, schema, request);
    if (found !== undefined) return found;
    throw this.#none(what);
  }

  /** The same for what may not be there: nothing where it is not. */
  async askForGone<S extends z.ZodType>(
    what: string,
    schema: S,
    request: HttpRequest,
  ): Promise<z.output<S> | undefined> {
    const answer = await this.send(what, request);
    if (GONE.includes(answer.status)) return undefined;
    const parsed = schema.safeParse(jsonIn(answer.text));
    if (parsed.success) return parsed.data;
    throw this.#error(`was asked for ${what}, and what came is no answer of its API`);
  }

  /** Changes something there. What is to be removed and is not there any more is no error. */
  async write(what: string, request: HttpRequest & { readonly method: "POST" | "PUT" | "DELETE" }) {
    const { record, service } = this.#args;
    if (record !== undefined) {
      record(`${service}: ${request.method} ${request.path}`);
      return undefined;
    }
    return this.send(what, request);
  }

  /** An answer that is no failure; of what is read or removed, also that there is nothing of the kind. */
  async send(what: string, request: HttpRequest): Promise<HttpAnswer> {
    const { method = "GET", idempotencyKey } = request;
    const isRepeatable = !request.isSentOnce && (method !== "POST" || idempotencyKey !== undefined);
    for (let tries = 1; ; tries++) {
      const outcome = await this.#once(request);
      const pause = this.#pause(outcome, tries, isRepeatable);
      if (pause !== undefined && tries < TRIES) await setTimeout(pause);
      else return this.#checked(what, outcome, method);
    }
  }

  async #once(request: HttpRequest): Promise<HttpAnswer | { readonly problem: string }> {
    const { method = "GET", path, query = {}, headers = {}, json, idempotencyKey } = request;
    const { url, token, timeoutMs = 20_000 } = this.#args;
    const search = new URLSearchParams(query).toString();
    try {
      const response = await fetch(`${url}${path}${search === "" ? "" : `?${search}`}`, {
        method,
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          accept: "application/json",
          "user-agent": "packit-deployment",
          ...(token && { authorization: `Bearer ${token}` }),
          ...(json && { "content-type": "application/json; charset=utf-8" }),
          ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
          ...headers,
        },
        ...(json && { body: JSON.stringify(json) }),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      return { problem: reason(error) };
    }
  }

  /** How long to wait before the next try; nothing where there is to be none. */
  #pause(
    outcome: HttpAnswer | { readonly problem: string },
    tries: number,
    isRepeatable: boolean,
  ): number | undefined {
    const own = Math.min((this.#args.pauseMs ?? 500) * 2 ** (tries - 1), LONGEST_MS);
    if ("problem" in outcome) return isRepeatable ? own : undefined;
    // It has done nothing of what it was asked for.
    if (outcome.status === 429) {
      const asked = Number(outcome.headers.get("retry-after") ?? 0) * 1000;
      return asked > LONGEST_MS ? undefined : Math.max(own, asked || 0);
    }
    return isRepeatable && (outcome.status >= 500 || outcome.status === 408) ? own : undefined;
  }

  #checked(what: string, outcome: HttpAnswer | { readonly problem: string }, method: string): HttpAnswer {
    if ("problem" in outcome) throw this.#error(`cannot be asked for ${what}: ${outcome.problem}`);
    const { status, text } = outcome;
    const [isGone, isMade] = [GONE.includes(status), ["POST", "PUT"].includes(method)];
    if (status < 300 || (isGone && !isMade)) return outcome;
    if (isGone) throw this.#none(what);
    if (isMade && REFUSED.includes(status))
      throw new RefusedRequest(
        this.#hidden(`${this.#args.service} does not take ${what} as it is (${status})${brief(text)}`),
      );
    if (status === 401 || status === 403) {
      const { tokenName = "its variable", service } = this.#args;
      throw new EnvironmentError(
        this.hasToken
          ? `${service} refuses the token in ${tokenName} for ${what} (${status}). Give one with the rights that docs/release.md lists.`
          : `${service} wants a token for ${what} (${status}). Give one in ${tokenName}.`,
      );
    }
    throw this.#error(`answered ${status} for ${what}${brief(text)}`);
  }

  #none(what: string): UserError {
    return new UserError(`${this.#args.service} does not know ${what}, or the token may not see it.`);
  }

  #error(what: string): EnvironmentError {
    const { service, url } = this.#args;
    const end = /[.…]$/.test(what) ? "" : ".";
    return new EnvironmentError(
      this.#hidden(`${service} (${new URL(url).host}) ${what}${end} Try again later.`),
    );
  }

  #hidden(message: string): string {
    const { token } = this.#args;
    return token ? message.replaceAll(token, "[token]") : message;
  }
}

/** What a service will never take as it is, however often it is sent. */
export class RefusedRequest extends UserError {}

const REFUSED = [400, 409, 413, 422];

/** The longest part of an answer that an error quotes. */
const LONGEST = 120;

function brief(text: string): string {
  const line = text.trimStart().startsWith("<") ? "" : (text.trim().split("\n")[0] ?? "");
  return line === "" ? "" : `: ${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "it does not answer";
  const { cause } = error;
  return cause instanceof Error
    ? cause.message || String((cause as NodeJS.ErrnoException).code)
    : error.message;
}
