import { knownError } from "../../errors.ts";
import type { StickyComment } from "../../github/sticky-comment.ts";
import type { Report } from "./engine.ts";
import { withSection } from "./status-sections.ts";
import { HELP } from "./status-text.ts";

export interface StatusBoardArgs {
  /** Where it is said; nowhere but in the log if there is none. */
  readonly comment: StickyComment | undefined;
  /** The number of this run, which grows from run to run. */
  readonly run: number;
  readonly report: Report;
  /** What must not be shown, whatever it is that is said. */
  readonly secrets: readonly string[];
}

/** What a pull request is told of its instances. That GitHub cannot be told is reported, and is no failure. */
export class StatusBoard {
  readonly #args: StatusBoardArgs;
  readonly #waiting = new Map<string, string>();
  #queue: Promise<void> = Promise.resolve();

  constructor(args: StatusBoardArgs) {
    this.#args = args;
  }

  /**
   * Says something of an instance, in the place of what this run has said of it before; it is written while other work
   * goes on, and what has been overtaken meanwhile is not.
   *
   * @param name The instance's; empty for an answer that is of none.
   */
  show(name: string, text: string): void {
    const isQueued = this.#waiting.has(name);
    this.#waiting.set(
      name,
      this.#args.secrets.reduce((all, one) => all.replaceAll(one, "***"), text),
    );
    if (!isQueued) this.#queue = this.#queue.then(() => this.#write(name));
  }

  /** Waits until all is written. */
  end(): Promise<void> {
    return this.#queue;
  }

  async #write(name: string): Promise<void> {
    const { comment, run, report } = this.#args;
    const text = this.#waiting.get(name);
    this.#waiting.delete(name);
    if (text === undefined) return;
    if (comment === undefined) return report(text);
    try {
      await comment.change((former) => withSection(former, { name, run, text }, HELP), run);
    } catch (error) {
      // Whatever it is, it must not end the work that it is said of.
      report(`the status comment could not be written: ${knownError(error)?.message ?? String(error)}`);
    }
  }
}
