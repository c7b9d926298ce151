import { retry } from "@octokit/plugin-retry";
import { RequestError } from "@octokit/request-error";
import { Octokit } from "@octokit/rest";
import type { z } from "zod";
import { UserError } from "../errors.ts";
import { inForm } from "../schema/secrets/form.ts";
import { baseUrl as httpAddress } from "../schema/values.ts";
import { explained, notUnderstood } from "./failure.ts";

export interface GitHubArgs {
  /** GITHUB_TOKEN, as it was found. Without one, GitHub answers 60 questions an hour. */
  readonly token?: string | undefined;
  /** GITHUB_API_URL, as it was found. @default https://api.github.com */
  readonly baseUrl?: string | undefined;
  /** How long an answer may take, in milliseconds. @default 15000 */
  readonly timeoutMs?: number;
}

const RetryingOctokit = Octokit.plugin(retry);

/** What every request is made with. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly redirect: "manual";
}

/** octokit's methods. */
export type Rest = InstanceType<typeof RetryingOctokit>["rest"];

/** How GitHub's API is asked: with a limit of time, and every answer held to what it must be. */
export class GitHubClient {
  readonly #octokit: InstanceType<typeof RetryingOctokit>;
  readonly #timeoutMs: number;
  readonly #hasToken: boolean;

  /** A UserError for a token or an address that no request can be made with. */
  constructor({ token, baseUrl, timeoutMs = 15_000 }: GitHubArgs) {
    this.#timeoutMs = timeoutMs;
    this.#hasToken = Boolean(token);
    this.#octokit = new RetryingOctokit({
      ...(token && { auth: sendable(token) }),
      ...(baseUrl && { baseUrl: address(baseUrl) }),
      userAgent: "packit-deployment",
      log: SILENT,
      retry: { retries: 2, retryAfterBaseValue: RETRY_AFTER_MS, doNotRetry: FINAL },
    });
  }

  /** An answer; a UserError where there is nothing of the kind, an EnvironmentError where there is no answer. */
  async ask<S extends z.ZodType>(what: string, schema: S, ask: Ask): Promise<z.output<S>> {
    const { host } = new URL(this.#octokit.request.endpoint.DEFAULTS.baseUrl);
    const question = { what, host, hasToken: this.#hasToken };
    const { status, data } = await this.#answer(ask).catch((error: unknown) => {
      throw explained(question, error);
    });
    if (MOVED.includes(status))
      throw new UserError(
        `GitHub has ${what} elsewhere: its repository was renamed or transferred. Name it as it is called now.`,
      );
    const answer = schema.safeParse(data);
    if (!answer.success || status >= 300) throw notUnderstood(question);
    return answer.data;
  }

  /** The same for what may be gone: nothing where it is. */
  async askForGone<S extends z.ZodType>(what: string, schema: S, ask: Ask): Promise<z.output<S> | undefined> {
    let isGone = false;
    const noting: Ask = (rest, request) =>
      ask(rest, request).catch((error: unknown) => {
        isGone = error instanceof RequestError && GONE.includes(error.status);
        throw error;
      });
    try {
      return await this.ask(what, schema, noting);
    } catch (error) {
      if (isGone) return undefined;
      throw error;
    }
  }

  #answer(ask: Ask): ReturnType<Ask> {
    return ask(this.#octokit.rest, { signal: AbortSignal.timeout(this.#timeoutMs), redirect: "manual" });
  }
}

/** A request by octokit's methods. */
type Ask = (rest: Rest, request: RequestOptions) => Promise<{ status: number; data: unknown }>;

/** The statuses of what is not there, or no longer. */
const GONE = [404, 410];

/** The statuses by which GitHub sends on to where a repository is now. */
const MOVED = [301, 302, 307, 308];

/** The statuses after which nothing is asked again: it would be answered in the same way, or make a limit worse. */
const FINAL = [400, 401, 403, 404, 410, 422, 429, 451];

/** A token that can stand in a header; it would be quoted by the error about the header otherwise. */
function sendable(token: string): string {
  const read = inForm(token, "token");
  if ("value" in read) return read.value;
  throw new UserError(
    `GITHUB_TOKEN is ${read.fault}. A token is ${read.wanted}. Give it again, or unset it.`,
  );
}

function address(baseUrl: string): string {
  const { data } = httpAddress.safeParse(baseUrl);
  if (data !== undefined) return data;
  throw new UserError("GITHUB_API_URL is no http or https address without a user. Correct it, or unset it.");
}

/** The unit of the plugin's growing waits between tries. */
const RETRY_AFTER_MS = 300;

/** What goes wrong is said by errors. */
const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
