import { defineCommand } from "citty";
import { diffHtml } from "../diff/html/page.ts";
import { diffMarkdown } from "../diff/markdown.ts";
import { stackDiffs } from "../diff/stack-diff.ts";
import { diffText } from "../diff/text.ts";
import { interruptible } from "../system/interruption.ts";
import { REPEATED } from "./arguments.ts";
import { ROOT } from "./root.ts";

/** The exit code of a comparison that found something, as that of `kubectl diff` and `helm diff`. */
const DIFFERENT = 2;

export const diff = defineCommand({
  meta: { name: "diff", description: "Tell what a change of this project does to stacks." },
  args: {
    stacks: {
      type: "positional",
      valueHint: `STACK ${REPEATED}`,
      required: false,
      description: "The stacks. Default: all, those too that are only at the base",
    },
    base: {
      type: "string",
      valueHint: "REF",
      default: "main",
      description: "Compare with the last commit in common with this one",
    },
    format: {
      type: "enum",
      options: ["text", "markdown", "html", "json"],
      default: "text",
      description: "For a terminal, for a comment on GitHub, for a browser, or for a program",
    },
    "exit-code": {
      type: "boolean",
      default: false,
      description: `End with ${DIFFERENT} if anything changes`,
    },
  },
  async run({ args }) {
    const only = args._.length > 0 ? [...new Set(args._)] : undefined;
    // The checkout of the base is removed in any case.
    const found = await interruptible(
      () => stackDiffs({ root: ROOT, base: args.base, ...(only && { only }) }),
      () => "Nothing is changed.",
    );
    const forms = {
      text: (diffs: typeof found) =>
        diffText(diffs, process.stdout.isTTY ? process.stdout.columns : undefined),
      markdown: diffMarkdown,
      html: diffHtml,
      json: (diffs: typeof found) => JSON.stringify(diffs, null, 2),
    };
    process.stdout.write(`${forms[args.format](found)}\n`);
    if (args["exit-code"] && found.some(({ state }) => state !== "same")) process.exitCode = DIFFERENT;
    if (found.some(({ wrong }) => wrong?.side === "head")) process.exitCode = 1;
  },
});
