import { defineCommand } from "citty";
import { stringify } from "yaml";
import { UserError } from "../errors.ts";
import { writeFolder } from "../render/folder.ts";
import { redacted } from "../render/redacted.ts";
import { ROOT } from "./root.ts";
import { run } from "./run.ts";

const command = defineCommand({
  meta: { name: "render", description: "Print a stack's Kubernetes objects, its secrets left out." },
  args: {
    stack: { type: "positional", description: "The stack: stage, prod …", required: true },
    format: {
      type: "enum",
      options: ["yaml", "json"],
      default: "yaml",
      description: "A YAML stream, or one v1 List",
    },
    out: {
      type: "string",
      valueHint: "DIR",
      description: "Write one file an object into this folder instead",
    },
  },
  async run({ args }) {
    if (args.out === "") throw new UserError("--out needs the name of a folder.");
    const { objects, warnings } = await redacted(ROOT, args.stack);
    for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
    if (args.out !== undefined) {
      writeFolder(args.out, objects, args.format);
      process.stderr.write(`${objects.length} objects written to ${args.out}\n`);
    } else if (args.format === "json") {
      process.stdout.write(
        `${JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, 2)}\n`,
      );
    } else {
      process.stdout.write(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(""));
    }
  },
});

await run(command);
