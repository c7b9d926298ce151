import { defineCommand } from "citty";
import { stringify } from "yaml";
import { UserError } from "../errors.ts";
import { objectFiles, writeFolder } from "../render/folder.ts";
import { redacted } from "../render/redacted.ts";
import { references, secretFiles } from "../render/references.ts";
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
    secrets: {
      type: "enum",
      options: ["redacted", "references"],
      default: "redacted",
      description:
        "Secrets with their values hidden; or, with --out, a list of them and a template for each key",
    },
  },
  async run({ args }) {
    if (args.out === "") throw new UserError("--out needs the name of a folder.");
    if (args.secrets === "references") return writeReferences(args);
    const { objects, warnings } = await redacted(ROOT, args.stack);
    warn(warnings);
    if (args.out !== undefined) {
      writeFolder(args.out, objectFiles(objects, args.format));
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

/** Writes what somebody else applies, who makes the Secrets by the list. */
async function writeReferences(args: { stack: string; format: "yaml" | "json"; out?: string | undefined }) {
  if (args.out === undefined) throw new UserError("--secrets references needs --out DIR.");
  const { objects, secrets, warnings } = await references(ROOT, args.stack);
  warn(warnings);
  writeFolder(args.out, [...objectFiles(objects, args.format), ...secretFiles(secrets)]);
  const left = `${secrets.length} Secrets left out, ${args.out}/secrets/index.yaml lists them`;
  process.stderr.write(`${objects.length} objects written to ${args.out}; ${left}\n`);
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

await run(command);
