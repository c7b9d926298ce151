import { inspect } from "node:util";

/** What stands in every output for a value that must not be seen. */
export const REDACTED = "<secret>";

/** A secret value that no log, error, JSON or template string shows by accident: only {@link Sensitive.reveal} does. */
export class Sensitive {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Wrap it with `pulumi.secret` at once. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
