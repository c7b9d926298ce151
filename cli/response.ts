import { explain, knownError } from "../errors.ts";
import type { Conversation } from "../github/conversation.ts";
import type { PullRequest } from "../github/github.ts";
import type { Context } from "../operations/test-instances/context.ts";
import type { Report } from "../operations/test-instances/engine.ts";
import type { StatusBoard } from "../operations/test-instances/status-board.ts";
import { answer, type Desk, messageOf, type Outcome } from "./comment-work.ts";
import type { Place } from "./test-instance-deploy.ts";

/** What is answered on a pull request, and with what. */
export interface Response {
  readonly place: Place;
  readonly conversation: Conversation;
  readonly board: StatusBoard;
  /** The pull request, as `ogr=123`. */
  readonly reference: string;
  readonly pull: PullRequest;
  /** The account that answers. */
  readonly account: string;
  /** The number of this run, which grows from run to run. */
  readonly run: number;
  /** The address of this run's log. */
  readonly log: string | undefined;
  /** Hears what goes on. */
  readonly report: Report;
  /** The way to the cluster, which is taken only for whom may ask for something. */
  readonly context: () => Promise<Context>;
}

/** What commands are done with, on behalf of an account. */
export async function deskOf(response: Response, by: string | undefined): Promise<Desk> {
  const { board, reference, run, log } = response;
  return { context: await response.context(), board, reference, by, run, log };
}

/** Tells who has asked what has kept anything from being done. */
export function failed({ board, log, report }: Response, by: string, error: unknown): Outcome {
  report(explain(error));
  answer({ board, by, log }, messageOf(error));
  return "failed";
}

/** Says that there is nothing to do, which is no failure. */
export function nothing({ report }: Response, why: string): Outcome {
  report(`Nothing is done: ${why}.`);
  return "done";
}

/** Tells GitHub something that is of no consequence: that it cannot be told is said in the log alone. */
export async function quietly({ report }: Response, tell: () => Promise<unknown>): Promise<void> {
  try {
    await tell();
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    report(known.message);
  }
}
