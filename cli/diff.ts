import { defineCommand } from "citty";
import { diffMarkdown } from "../diff/markdown.ts";
import { stackDiff } from "../diff/stack-diff.ts";
import { diffText } from "../diff/text.ts";
import { refuseUnknown, STACK } from "./options.ts";
import { ROOT } from "./root.ts";

/** The exit code of a comparison that found something, as that of `kubectl diff` and `helm diff`. */
const DIFFERENT = 2;

export const diff = defineCommand({
  meta: { name: "diff", description: "Tell what a change of this project does to a stack." },
  args: {
    stack: STACK,
    base: {
      type: "string",
      valueHint: "REF",
      default: "main",
      description: "The commit that this checkout is compared with",
    },
    format: {
      type: "enum",
      options: ["text", "markdown", "json"],
      default: "text",
      description: "For a terminal, for a comment on GitHub, or for a program",
    },
    "exit-code": {
      type: "boolean",
      default: false,
      description: `End with ${DIFFERENT} if anything changes`,
    },
  },
  async run({ args }) {
    refuseUnknown(args.stack);
    const found = await stackDiff({ root: ROOT, stack: args.stack, base: args.base });
    const forms = { text: diffText, markdown: diffMarkdown, json: () => JSON.stringify(found, null, 2) };
    process.stdout.write(`${forms[args.format](found)}\n`);
    if (args["exit-code"] && found.state !== "same") process.exitCode = DIFFERENT;
  },
});
