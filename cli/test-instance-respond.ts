import { readFileSync } from "node:fs";
import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { jsonIn } from "../system/json-text.ts";
import { respondToEvent } from "./event-response.ts";
import { say, WHERE } from "./options.ts";
import { ROOT } from "./root.ts";
import { contextOf, poolOf } from "./test-instance-context.ts";
import { CHANGE } from "./test-instance-options.ts";

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
    const event = jsonIn(readFileSync(args.event, "utf8"));
    const pool = poolOf(args);
    const { GITHUB_TOKEN = "", COMMENT_TOKEN, GITHUB_API_URL: baseUrl, GITHUB_ACTOR: actor } = process.env;
    const token = COMMENT_TOKEN || GITHUB_TOKEN;
    const outcome = await respondToEvent({
      name: args["event-name"],
      event,
      place: { pool, root: ROOT },
      access: { token, baseUrl },
      account: args.account,
      actor,
      run: Number(args.run),
      log,
      secrets: [token, GITHUB_TOKEN].filter(Boolean),
      report: say,
      context: () => contextOf(args, pool),
    });
    if (outcome === "failed") process.exitCode = 1;
  },
});
