import { defineCommand } from "citty";
import { stringify } from "yaml";
import { UserError } from "../errors.ts";
import { objectFiles, writeFolder } from "../render/folder.ts";
import { masked } from "../render/masked.ts";
import { withoutOptions } from "../render/pulumi-options.ts";
import { redacted } from "../render/redacted.ts";
import { references, secretFiles } from "../render/references.ts";
import { JSON_OUTPUT, refuseUnknown, STACK, say } from "./options.ts";
import { ROOT } from "./root.ts";

export const render = defineCommand({
  meta: { name: "render", description: "Print a stack's Kubernetes objects, its secrets left out." },
  args: {
    stack: STACK,
    json: { ...JSON_OUTPUT.json, description: "Print one v1 List as JSON, in place of a YAML stream" },
    out: {
      type: "string",
      valueHint: "DIR",
      description: "Write one file an object into this folder instead",
    },
    secrets: {
      type: "enum",
      options: ["redacted", "masked", "references"],
      default: "redacted",
      description:
        "With masked, Secrets have their texts, with a word for each secret; the list that --json prints is then for comparing, and no API server takes it: it has what Pulumi is told of an object, too, and what is no Kubernetes object; with references, and --out, there are templates of them",
    },
  },
  async run({ args }) {
    refuseUnknown(args.stack);
    if (args.secrets === "references") return writeReferences(args);
    const rendered = args.secrets === "masked" ? await masked(ROOT, args.stack) : undefined;
    const { objects, settings } = rendered ?? (await redacted(ROOT, args.stack));
    warn(settings.warnings);
    if (args.out !== undefined) {
      writeFolder(args.out, objectFiles(objects.map(withoutOptions), args.json ? "json" : "yaml"));
      say(`${objects.length} objects written to ${args.out}`);
    } else if (args.json) {
      // What `./ops diff` compares is all that there is.
      const items = [...objects, ...(rendered?.others ?? [])];
      process.stdout.write(`${JSON.stringify({ apiVersion: "v1", kind: "List", items }, null, 2)}\n`);
    } else {
      const documents = objects.map((object) => stringify(withoutOptions(object), { lineWidth: 0 }));
      process.stdout.write(documents.map((document) => `---\n${document}`).join(""));
    }
  },
});

/** Writes what somebody else applies, who makes the Secrets by the list. */
async function writeReferences({
  stack,
  json,
  out,
}: {
  stack: string;
  json: boolean;
  out?: string | undefined;
}) {
  if (out === undefined) throw new UserError("--secrets references needs --out DIR.");
  const { objects, secrets, warnings } = await references(ROOT, stack);
  warn(warnings);
  writeFolder(out, [...objectFiles(objects, json ? "json" : "yaml"), ...secretFiles(secrets)]);
  say(
    `${objects.length} objects written to ${out}; ${secrets.length} Secrets left out, ${out}/secrets/index.yaml lists them`,
  );
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) say(`warning: ${warning}`);
}
