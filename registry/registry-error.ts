import type { Passing } from "../cluster/retry.ts";
import { EnvironmentError } from "../errors.ts";

/** A registry that does not say what it was asked for. */
export class RegistryError extends EnvironmentError {
  /** Why the same may go well a moment later, if it may. */
  readonly passing: Passing | undefined;

  constructor(message: string, passing?: Passing) {
    super(message);
    this.passing = passing;
  }
}

/** Why a failed request may go well a moment later, if it may. */
export function passing(error: unknown): Passing | undefined {
  return error instanceof RegistryError ? error.passing : undefined;
}

/** A request that got no answer. One that nobody has answered for a while is not asked again. */
export function unanswered(host: string, error: unknown): RegistryError {
  const { message, code } = lastCause(error);
  const isSilent = /TIMEOUT|TimeoutError/i.test(code) && code !== "ETIMEDOUT";
  const isUntrusted = /CERT|_TLS_|_SSL_|SIGNATURE|ISSUER/.test(code);
  const why = isSilent ? "it does not answer" : message || code;
  return new RegistryError(
    `The registry ${host} cannot be asked: ${why}. Check the network, and the proxy of the environment.`,
    isSilent || isUntrusted ? undefined : { why: "broken" },
  );
}

/** An answer that is neither what was asked for nor that there is none. */
export function refused(host: string, what: string, status: number, retryAfter: number): RegistryError {
  if (status === 429) {
    const message = `The registry ${host} is asked too often, and says no more for now. Try again later.`;
    return new RegistryError(message, { why: "busy", pauseSeconds: retryAfter });
  }
  const message = `The registry ${host} answered ${status} for ${what}. Try again later; check the proxies on the way.`;
  return new RegistryError(
    message,
    status >= 500 ? { why: status === 503 ? "busy" : "broken", pauseSeconds: retryAfter } : undefined,
  );
}

/** What has gone wrong in the end: others wrap it. */
function lastCause(error: unknown): { readonly message: string; readonly code: string } {
  if (!(error instanceof Error)) return { message: String(error), code: "" };
  if (error instanceof AggregateError && error.errors.length > 0) return lastCause(error.errors[0]);
  if (error.cause instanceof Error) return lastCause(error.cause);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return { message: error.message, code: `${code} ${error.name}` };
}
