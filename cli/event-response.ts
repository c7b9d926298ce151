import { UserError } from "../errors.ts";
import type { GitHubArgs } from "../github/client.ts";
import { Conversation } from "../github/conversation.ts";
import { occasionOf } from "../github/event.ts";
import { GitHub } from "../github/github.ts";
import { StickyComment } from "../github/sticky-comment.ts";
import type { Context } from "../operations/test-instances/context.ts";
import type { Report } from "../operations/test-instances/engine.ts";
import { pullReference, REPOSITORIES } from "../operations/test-instances/reference.ts";
import { StatusBoard } from "../operations/test-instances/status-board.ts";
import { visible } from "../system/visible.ts";
import { nearOr } from "./arguments.ts";
import { COMMANDS, type CommandLine, commandOf } from "./comment-lines.ts";
import { askedBy } from "./comment-request.ts";
import { respondToComment } from "./comment-response.ts";
import { type Outcome, work } from "./comment-work.ts";
import { LABEL, respondToPull } from "./pull-response.ts";
import type { Response } from "./response.ts";
import type { Place } from "./test-instance-deploy.ts";

/** What the status comments of test instances are found by. */
const TOPIC = "test-instance";

/** What a workflow has started the program with. */
export interface EventArgs {
  /** The event's name, and what GitHub tells of it. */
  readonly name: string;
  readonly event: unknown;
  readonly place: Place;
  /** The way to GitHub, as the account that answers. */
  readonly access: GitHubArgs;
  readonly account: string;
  /** Who has started the workflow. */
  readonly actor?: string | undefined;
  /** The number of this run, which grows from run to run. */
  readonly run: number;
  /** The address of this run's log. */
  readonly log: string | undefined;
  /** What must not be shown, whatever it is that is said. */
  readonly secrets: readonly string[];
  readonly report: Report;
  /** The way to the cluster, which is taken only for whom may ask for something. */
  readonly context: () => Promise<Context>;
}

/** Does what an event asks for. */
export async function respondToEvent(args: EventArgs): Promise<Outcome> {
  const { name, event, place, access, account, actor, run, log, secrets, report, context } = args;
  const occasion = occasionOf(name, event, LABEL);
  if (occasion === undefined) {
    report("Nothing is asked for.");
    return "done";
  }
  const common = { run, report, secrets };
  if (occasion.kind === "words") {
    const board = new StatusBoard({ ...common, comment: undefined });
    const asked = await askedBy([commandIn(occasion.text)], place, undefined);
    return work({ context: await context(), board, reference: undefined, by: actor, run, log }, asked);
  }
  const { repository, number } = occasion;
  const reference = pullReference(repository, number);
  if (reference === undefined)
    throw new UserError(
      `Nothing of ${repository.owner}/${repository.name} can be put on test. Repositories: ${REPOSITORIES.join(", ")}.`,
    );
  const conversation = new Conversation(access, repository, number);
  const comment = new StickyComment({ conversation, author: account, topic: TOPIC });
  const board = new StatusBoard({ ...common, comment });
  // A pull request must be there, and of a repository that is called so.
  const pull = await new GitHub(access).pullRequest(repository, number);
  const response: Response = {
    ...{ place, conversation, board, reference, pull, run, log, account, report, context },
  };
  try {
    return await (occasion.kind === "comment"
      ? respondToComment(response, occasion.id)
      : respondToPull(response));
  } finally {
    await board.end();
  }
}

/** The one command that a workflow was started with; the slash may be left out. */
function commandIn(text: string): CommandLine {
  const line = text.replaceAll(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const command = commandOf(line.startsWith("/") ? line : `/${line}`);
  if (command !== undefined) return command;
  const [, word = ""] = /^\/?(\S*)/.exec(line) ?? [];
  throw new UserError(`"${visible(word)}" is no command. ${nearOr(word, Object.keys(COMMANDS))}`);
}
