import { createHash } from "node:crypto";
import { UserError } from "../../errors.ts";
import type { Journal } from "./journal.ts";
import { Stopped } from "./stopped.ts";

/** Who answers questions: a person at a terminal, or whoever has said yes to all beforehand. */
export interface Asker {
  confirm(message: string, byDefault: boolean): Promise<boolean>;
  text(message: string, byDefault: string): Promise<string>;
  /** Has a file changed, and returns when that is done. */
  edit(path: string): Promise<void>;
  /** What was said beforehand instead of asking. */
  readonly mode: "person" | "yes" | "nobody";
}

export interface QuestionsArgs {
  readonly journal: Journal;
  readonly asker: Asker;
  readonly say: (line: string) => void;
  /** The dangers that were accepted beforehand, by their keys. */
  readonly accepted: readonly string[];
  /** Whether nothing is done, so that there is nothing to decide. */
  readonly isDry: boolean;
}

/**
 * What a person decides. A question is asked once in a release; a no stops it, and is asked for again, and so is what has
 * other words, or is about something else than before.
 */
export class Questions {
  readonly #args: QuestionsArgs;

  constructor(args: QuestionsArgs) {
    this.#args = args;
  }

  /** Whether questions are asked, and not all agreed to beforehand. */
  get isAsking(): boolean {
    return this.#args.asker.mode !== "yes";
  }

  /** The dangers that were accepted beforehand. */
  get accepted(): readonly string[] {
    return this.#args.accepted;
  }

  isAccepted(key: string): boolean {
    return this.accepted.includes(key);
  }

  /**
   * Goes on if that is agreed to, by more than an Enter.
   *
   * @param about What was shown before, where the message does not hold it.
   */
  async agree(key: string, message: string, about: readonly string[] = []): Promise<void> {
    if (!this.#args.isDry) await this.#decided(key, message, about);
  }

  /** Goes on if a danger is accepted: `--yes` alone does not do that. */
  async accept(key: string, message: string): Promise<void> {
    const { asker, journal, say, isDry } = this.#args;
    if (isDry) return say(`  ${message}`);
    if (this.isAccepted(key)) {
      if (journal.answer(key) === undefined) journal.append({ type: "answer", key, value: "accepted" });
      return;
    }
    if (asker.mode === "yes" && journal.answer(key, digestOf(message)) === undefined)
      throw new UserError(`${message}\n--yes does not decide that. If it is to be so: --accept ${key}`);
    await this.#decided(key, message);
  }

  /** Whether a person at a terminal wants something; nobody else does. */
  async offer(message: string): Promise<boolean> {
    const { asker, isDry } = this.#args;
    return asker.mode === "person" && !isDry && asker.confirm(message, false);
  }

  /** A text, held to a check that returns what becomes of it or throws a UserError, which is told and asked anew. */
  async text(
    key: string,
    message: string,
    byDefault: string,
    check: (given: string) => Promise<string>,
  ): Promise<string> {
    const { asker, journal, say } = this.#args;
    const former = journal.answer(key);
    if (former !== undefined) return former;
    this.#refuseAlone(message);
    for (;;) {
      const given = asker.mode === "yes" ? byDefault : await asker.text(message, byDefault);
      try {
        const value = await check(given.trim());
        journal.append({ type: "answer", key, value });
        return value;
      } catch (error) {
        if (!(error instanceof UserError) || asker.mode === "yes") throw error;
        say(error.message);
      }
    }
  }

  /** Has files reviewed until a check finds nothing wrong with them. */
  async review(key: string, paths: readonly string[], fault: () => string | undefined): Promise<void> {
    const { asker, journal, say } = this.#args;
    if (journal.answer(key) !== undefined) return;
    this.#refuseAlone(`Review ${paths.join(" and ")}, then go on.`);
    for (;;) {
      if (asker.mode === "person") for (const path of paths) await asker.edit(path);
      const wrong = fault();
      if (wrong === undefined) break;
      if (asker.mode === "yes") throw new UserError(wrong);
      say(wrong);
      if (!(await asker.confirm("Edit again?", true))) throw new Stopped(wrong);
    }
    journal.append({ type: "answer", key, value: "reviewed" });
  }

  async #decided(key: string, message: string, about: readonly string[] = []): Promise<void> {
    const { asker, journal } = this.#args;
    const question = digestOf(message, ...about);
    if (journal.answer(key, question) !== undefined) return;
    this.#refuseAlone(message);
    const isAgreed = asker.mode === "yes" || (await asker.confirm(message, false));
    if (!isAgreed) throw new Stopped(`Not agreed to: ${message.split("\n").at(-1)}`);
    journal.append({ type: "answer", key, value: "yes", question });
  }

  #refuseAlone(message: string): void {
    if (this.#args.asker.mode === "nobody")
      throw new Stopped(`There is a question, and nobody at a terminal to answer it:\n  ${message}`);
  }
}

/** By which a question is known again. */
function digestOf(...lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 16);
}
