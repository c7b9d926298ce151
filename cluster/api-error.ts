import { EnvironmentError } from "../errors.ts";
import { jsonIn } from "../system/json-text.ts";
import type { Passing } from "./retry.ts";
import { type Answer, NoAnswer } from "./transport.ts";

/** An answer of the API server that is not a success. */
export class ApiError extends EnvironmentError {
  readonly status: number;
  /** How long the server asks to be left alone, in seconds. */
  readonly retryAfter: number;

  constructor(status: number, message: string, retryAfter = 0) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether the object is what is wrong: it will be refused again. */
  get isRefusal(): boolean {
    // A server-side apply answers to unknown fields with 500.
    return (
      [400, 422].includes(this.status) ||
      (this.status === 500 && / typed (patch|live) object /.test(this.message))
    );
  }
}

/** What an answer holds; an ApiError if it is no success, and a NoAnswer if it is not the API server's. */
export function resultOf(what: string, { status, text, type, retryAfter }: Answer): unknown {
  const json = jsonIn(text);
  if (status < 300 && json !== undefined) return json;
  if (status < 300)
    throw new NoAnswer(
      `${what} was answered with ${status} and ${text === "" ? "nothing" : type}, not with JSON: something between answers in place of the API server. Check the kubeconfig's server, proxies and logins on the way.`,
      true,
    );
  throw new ApiError(status, problemOf(what, { status, text }), retryAfter);
}

/** What an answer that is no success says, in words. */
export function problemOf(what: string, { status, text }: Pick<Answer, "status" | "text">): string {
  return messageOf(jsonIn(text), text) ?? `${what} was answered with ${status}`;
}

/** What the API server says of a failure: a Status, or, from the parts that know nothing of Kubernetes, bare text. */
function messageOf(json: unknown, text: string): string | undefined {
  const { message } = (json ?? {}) as { readonly message?: unknown };
  if (typeof message === "string" && message !== "") return message;
  return json === undefined && !text.trimStart().startsWith("<") ? text.trim() || undefined : undefined;
}

/** Statuses of a server, or of something before it, that is in trouble now. */
const IN_TROUBLE = [500, 502, 504];
const BUSY = [429, 503];

/** Why a failed request may go well a moment later, if it may. */
export function passing(error: unknown): Passing | undefined {
  if (error instanceof NoAnswer) return error.mayPass ? { why: "broken" } : undefined;
  if (!(error instanceof ApiError) || error.isRefusal) return undefined;
  const pauseSeconds = error.retryAfter;
  if (BUSY.includes(error.status)) return { why: "busy", pauseSeconds };
  return IN_TROUBLE.includes(error.status) ? { why: "broken", pauseSeconds } : undefined;
}

/** The same of a request of which nobody can say what it has done: only that the server had no time for it. */
export function refusedForNow(error: unknown): Passing | undefined {
  const found = passing(error);
  return found?.why === "busy" ? found : undefined;
}
