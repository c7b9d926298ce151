import { RunError } from "@pulumi/pulumi";

/**
 * Something that the user wrote or asked for is wrong. The message says where, what was given, what is allowed and
 * what to do; it is all that is shown. Pulumi shows a RunError without its stack.
 */
export class UserError extends RunError {
  override readonly name = "UserError";
}

/** Something around the program is missing or does not answer. The message says what to check. */
export class EnvironmentError extends RunError {
  override readonly name = "EnvironmentError";
}

/** Turns what was thrown into what the terminal shows. Anything but the two classes above is a bug of this project. */
export function explain(error: unknown): string {
  if (error instanceof UserError || error instanceof EnvironmentError) return error.message;
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This is a bug in this project. Please report it with the lines below to its issue tracker.\n${trace}`;
}
