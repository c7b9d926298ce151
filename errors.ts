import { describeSystemError, systemError } from "./system/system-error.ts";

/**
 * An error whose message is all that is shown. Pulumi knows by the mark that it is such a one, a RunError. To extend its
 * own class would load all of its SDK, which takes longer than most commands do.
 */
class ShownError extends Error {
  readonly __pulumiRunError = true;

  constructor(message: string) {
    super(withoutUserinfo(message));
  }
}

/**
 * Something that the user wrote or asked for is wrong. The message says where, what was given, what is allowed and what
 * to do.
 */
export class UserError extends ShownError {
  override readonly name = "UserError";
}

/** Something around the program is missing or does not answer. The message says what to check. */
export class EnvironmentError extends ShownError {
  override readonly name = "EnvironmentError";
}

/** A text without the users and passwords of the addresses in it: whatever is quoted in an error may hold some. */
function withoutUserinfo(text: string): string {
  return text.replaceAll(/:\/\/\S*@/g, (found) =>
    // A password that is not encoded may hold slashes; a path may hold an @, as that of a commit.
    found.includes(":", 3) ? "://…@" : found.replace(/^:\/\/[^/?#]*@/, "://…@"),
  );
}

/**
 * Turns what was thrown into what the terminal shows: of what somebody did or something around the program did, what it
 * is and what to check; of anything else, a bug of this project, where it comes from.
 */
export function explain(error: unknown): string {
  const known = knownError(error);
  if (known !== undefined) return known.message;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in this project. Please report it with the lines below to its issue tracker.\n${withoutUserinfo(trace)}`;
}

/**
 * What was thrown as one of the two classes above; nothing if it is a bug. What the operating system refused is of the
 * environment, wherever it was thrown. Of an error with a cause the first of the chain that is known counts; of several
 * errors at once, all must be known.
 */
export function knownError(
  error: unknown,
  seen: readonly unknown[] = [],
): UserError | EnvironmentError | undefined {
  if (error instanceof UserError || error instanceof EnvironmentError) return error;
  const system = systemError(error);
  if (system !== undefined) return new EnvironmentError(describeSystemError(system));
  if (typeof error !== "object" || error === null || seen.includes(error)) return undefined;
  const next = [...seen, error];
  if (isFailedProgram(error)) return failedProgram(error, next);
  if (error instanceof AggregateError && error.errors.length > 0) return together(error.errors, next);
  return "cause" in error ? knownError(error.cause, next) : undefined;
}

function together(errors: readonly unknown[], seen: readonly unknown[]): EnvironmentError | undefined {
  const known = errors.flatMap((one) => knownError(one, seen) ?? []);
  if (known.length < errors.length) return undefined;
  return new EnvironmentError([...new Set(known.map(({ message }) => message))].join("\n"));
}

/** What execa throws of a program that could not be started, or was and failed. */
interface FailedProgram {
  readonly shortMessage: string;
  readonly originalMessage?: string;
  readonly cwd: string;
  readonly stderr?: unknown;
  readonly cause?: unknown;
}

function isFailedProgram(error: object): error is FailedProgram {
  return "shortMessage" in error && "command" in error;
}

/** How many of a failed program's last lines are shown. */
const LAST_LINES = 5;

function failedProgram(error: FailedProgram, seen: readonly unknown[]): UserError | EnvironmentError {
  const { shortMessage, originalMessage = "", cwd, stderr, cause } = error;
  // Node says of a missing folder to start a program in that the program is missing.
  if (originalMessage.includes('The "cwd" option is invalid'))
    return new EnvironmentError(`${cwd} is no folder to start a program in. Check that it is there.`);
  const said = typeof stderr === "string" ? stderr.trim() : "";
  const end = said === "" ? [] : ["It said:", ...said.split("\n").slice(-LAST_LINES)];
  return knownError(cause, seen) ?? new EnvironmentError([shortMessage, ...end].join("\n"));
}
