import { RequestError } from "@octokit/request-error";
import { EnvironmentError, UserError } from "../errors.ts";

/** What was asked of GitHub, and how. */
export interface Question {
  readonly what: string;
  readonly host: string;
  /** Whether a token went along. */
  readonly hasToken: boolean;
}

/** A failed request to GitHub in words: of what somebody asked for, or of what is around this program. */
export function explained({ what, host, hasToken }: Question, error: unknown): unknown {
  if (!(error instanceof RequestError)) {
    if (!(error instanceof Error)) return error;
    return new EnvironmentError(`GitHub (${host}) cannot be asked for ${what}: ${said(error.message)}.`);
  }
  const { status, response, message } = error;
  if (status === 500 && response === undefined)
    return new EnvironmentError(
      `GitHub (${host}) does not answer for ${what}: ${said(message)}. Try again later.`,
    );
  // What stands between answers with a page of its own.
  const isGitHub = typeof response?.data === "object" && response.data !== null;
  if (status === 404 && isGitHub) return new UserError(`There is no ${what}, or the token may not see it.`);
  if (status === 422 && isGitHub) return new UserError(`There is no ${what}.`);
  if (isLimit(error)) return new EnvironmentError(limit(response?.headers ?? {}, hasToken));
  if (status === 401)
    return new EnvironmentError("GitHub refuses the token in GITHUB_TOKEN. Give another one.");
  return new EnvironmentError(`GitHub (${host}) answered ${status} for ${what}: ${said(message)}.`);
}

/** An answer that is none of GitHub's, as a page of something between, or the half of one. */
export function notUnderstood({ what, host }: Question): EnvironmentError {
  return new EnvironmentError(
    `GitHub (${host}) was asked for ${what}, and what came is no answer of its API: it is in trouble, or something between answers in its place. Try again later; check GITHUB_API_URL and proxies.`,
  );
}

type Headers = Readonly<Record<string, string | number | undefined>>;

function isLimit({ status, response, message }: RequestError): boolean {
  const { "x-ratelimit-remaining": left, "retry-after": wait } = (response?.headers ?? {}) as Headers;
  return [403, 429].includes(status) && (left === "0" || wait !== undefined || /rate limit/i.test(message));
}

/** GitHub has one limit for each hour, and a secondary one for too much at once, which a token does not lift. */
function limit(headers: Headers, hasToken: boolean): string {
  const seconds = secondsOf(headers["retry-after"]);
  const isHourly = headers["x-ratelimit-remaining"] === "0" && seconds === undefined;
  if (!isHourly)
    return `GitHub's secondary rate limit is reached: too much was asked at once. Try again in ${seconds ?? SECONDARY_SECONDS} s.`;
  const reset = dateOf(Number(headers["x-ratelimit-reset"]) * 1000);
  const until = reset === undefined ? "in an hour" : `after ${reset.toISOString()}`;
  const remedy = hasToken ? "" : ", or give GITHUB_TOKEN";
  return `GitHub's rate limit is reached. Try again ${until}${remedy}.`;
}

/** How long GitHub wants to be left alone where it does not say it (docs.github.com, rate limits of its API). */
const SECONDARY_SECONDS = 60;

/** The seconds of a Retry-After, which can be a date as well. */
function secondsOf(wait: string | number | undefined): number | undefined {
  if (wait === undefined || wait === "") return undefined;
  const seconds = Number.isFinite(Number(wait))
    ? Number(wait)
    : (Date.parse(String(wait)) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}

function dateOf(time: number): Date | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The longest part of a message that is shown. */
const LONGEST = 200;

/** A message in one line: that of an answer without JSON is the whole page. */
function said(message: string): string {
  if (message.trimStart().startsWith("<")) return "a page that is not of its API";
  const [line = ""] = (message.split(" - http")[0] ?? "").trim().split("\n");
  return (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line).replace(/\.$/, "");
}
