import { readFileSync } from "node:fs";
import { defineCommand } from "citty";
import { knownError, UserError } from "../errors.ts";
import { type RunEvent, runEvent } from "../preview/run-event.ts";
import { sayPreview } from "../preview/say.ts";
import { jsonIn } from "../system/json-text.ts";
import { say } from "./options.ts";
import { ROOT } from "./root.ts";

const write = defineCommand({
  meta: { name: "write", description: "Write what a pull request does to all stacks, for its comment." },
  args: {
    base: {
      type: "string",
      valueHint: "REF",
      required: true,
      description: "The commit before the pull request",
    },
    head: { type: "string", valueHint: "SHA", required: true, description: "The pull request's own commit" },
    "run-url": { type: "string", valueHint: "URL", required: true, description: "Where all of it will be" },
    to: { type: "string", valueHint: "DIR", required: true, description: "The folder of what is written" },
    engine: {
      type: "string",
      valueHint: "DIR",
      description: "A folder of plans, as STACK.json, that `./ops deploy preview` has written",
    },
  },
  async run({ args }) {
    // What says a preview compares nothing.
    const { writePreview } = await import("../preview/write.ts");
    const { commands, isWrong } = await writePreview({
      root: ROOT,
      base: args.base,
      head: args.head,
      runUrl: args["run-url"],
      to: args.to,
      engine: args.engine,
    });
    for (const command of commands) process.stdout.write(`${command}\n`);
    if (isWrong) process.exitCode = 1;
  },
});

/** The event of a run, which GitHub has written into a file. */
function eventIn(file: string): RunEvent {
  const { data, error } = runEvent.safeParse(jsonIn(readFileSync(file, "utf8")));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const at = issue?.path.join(".") || "its whole content";
  throw new UserError(
    `${file} is no event of a workflow's run: ${at}. Give GITHUB_EVENT_PATH of workflow_run.`,
  );
}

const comment = defineCommand({
  meta: { name: "comment", description: "Say a preview on its pull request, by the event of its run." },
  args: {
    event: { type: "string", valueHint: "FILE", required: true, description: "GitHub's event, workflow_run" },
    from: { type: "string", valueHint: "FILE", description: "The comment's text. Default: there is none" },
    author: {
      type: "string",
      default: "github-actions[bot]",
      description: "The account of GITHUB_TOKEN, whose comment is edited",
    },
  },
  async run({ args }) {
    const { GITHUB_TOKEN: token, GITHUB_API_URL: baseUrl } = process.env;
    const event = eventIn(args.event);
    try {
      const url = await sayPreview({
        github: { token, baseUrl },
        author: args.author,
        event,
        ...(args.from !== undefined && { file: args.from }),
      });
      say(url ?? "No open pull request has this commit at its head.");
    } catch (error) {
      // That nothing can be said is no fault of the pull request's.
      const known = knownError(error);
      if (known === undefined) throw error;
      process.stdout.write(`::warning::${known.message.replaceAll("\n", "%0A")}\n`);
    }
  },
});

export const preview = defineCommand({
  meta: { name: "preview", description: "Tell a pull request what it does to all stacks." },
  subCommands: { write, comment },
});
