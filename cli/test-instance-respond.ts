import { readFileSync } from "node:fs";
import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { Conversation } from "../github/conversation.ts";
import { occasionOf } from "../github/event.ts";
import { GitHub } from "../github/github.ts";
import { StickyComment } from "../github/sticky-comment.ts";
import { pullReference, REPOSITORIES } from "../operations/test-instances/reference.ts";
import { StatusBoard } from "../operations/test-instances/status-board.ts";
import { jsonIn } from "../system/json-text.ts";
import { nearOr } from "./arguments.ts";
import { COMMANDS, type CommandName } from "./comment-lines.ts";
import { askedBy } from "./comment-request.ts";
import { respondToComment } from "./comment-response.ts";
import { type Outcome, work } from "./comment-work.ts";
import { say, WHERE } from "./options.ts";
import { LABEL, respondToPull } from "./pull-response.ts";
import type { Response } from "./response.ts";
import { ROOT } from "./root.ts";
import { contextOf, poolOf } from "./test-instance-context.ts";
import { CHANGE } from "./test-instance-options.ts";

/** What the status comments of test instances are found by. */
const TOPIC = "test-instance";

export const respondCommand = defineCommand({
  meta: { name: "respond", description: "Do what a comment or a label on a pull request asks for." },
  args: {
    ...WHERE,
    engine: CHANGE.engine,
    event: {
      type: "string",
      valueHint: "FILE",
      required: true,
      description: "What a workflow was started by, as GITHUB_EVENT_PATH names it",
    },
    "event-name": { type: "string", valueHint: "NAME", required: true, description: "The event's name" },
    run: {
      type: "string",
      valueHint: "NUMBER",
      default: "0",
      description: "A number that grows from run to run",
    },
    log: { type: "string", valueHint: "ADDRESS", description: "Where this run's log is" },
    account: {
      type: "string",
      valueHint: "LOGIN",
      default: "github-actions[bot]",
      description: "The account that COMMENT_TOKEN, or else GITHUB_TOKEN, is of",
    },
  },
  async run({ args }) {
    const { log } = args;
    if (!/^\d{1,15}$/.test(args.run)) throw new UserError(`--run is "${args.run}". It takes a number.`);
    if (log !== undefined && !/^https:\/\/[\w./:-]+$/.test(log))
      throw new UserError(`--log is "${log}". It takes an address that begins with https.`);
    const occasion = occasionOf(args["event-name"], jsonIn(readFileSync(args.event, "utf8")), LABEL);
    if (occasion === undefined) return say("Nothing is asked for.");
    const pool = poolOf(args);
    const place = { pool, root: ROOT };
    const { GITHUB_TOKEN = "", COMMENT_TOKEN, GITHUB_API_URL: baseUrl, GITHUB_ACTOR } = process.env;
    const token = COMMENT_TOKEN || GITHUB_TOKEN;
    const run = Number(args.run);
    const common = { run, report: say, secrets: [token, GITHUB_TOKEN].filter(Boolean) };
    if (occasion.kind === "words") {
      const board = new StatusBoard({ ...common, comment: undefined });
      const asked = await askedBy([commandIn(occasion.text)], place, undefined);
      const context = await contextOf(args, pool);
      return end(await work({ context, board, reference: undefined, by: GITHUB_ACTOR, run, log }, asked));
    }
    const { repository, number } = occasion;
    const reference = pullReference(repository, number);
    if (reference === undefined)
      throw new UserError(
        `Nothing of ${repository.owner}/${repository.name} can be put on test. Repositories: ${REPOSITORIES.join(", ")}.`,
      );
    const conversation = new Conversation({ token, baseUrl }, repository, number);
    const comment = new StickyComment({ conversation, author: args.account, topic: TOPIC });
    const board = new StatusBoard({ ...common, comment });
    const response: Response = {
      place,
      conversation,
      board,
      reference,
      run,
      log,
      account: args.account,
      report: say,
      // A pull request must be there, and of a repository that is called so.
      pull: await new GitHub({ token, baseUrl }).pullRequest(repository, number),
      context: () => contextOf(args, pool),
    };
    try {
      const isComment = occasion.kind === "comment";
      end(isComment ? await respondToComment(response, occasion.id) : await respondToPull(response));
    } finally {
      await board.end();
    }
  },
});

function end(outcome: Outcome): void {
  if (outcome === "failed") process.exitCode = 1;
}

/** The one command that a workflow was started with; the slash may be left out. */
function commandIn(text: string): { readonly name: CommandName; readonly line: string } {
  const line = text.trim();
  const [, word = ""] = /^\/?([^\s]*)/.exec(line) ?? [];
  const names = Object.keys(COMMANDS);
  if (!Object.hasOwn(COMMANDS, word)) throw new UserError(`"${word}" is no command. ${nearOr(word, names)}`);
  // It is one of them, as was just looked at.
  return { name: word as CommandName, line };
}
