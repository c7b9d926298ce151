import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { loadSettings } from "../settings/load.ts";
import { newStackText } from "../settings/new-stack.ts";
import { readStackFile, stackFilePath } from "../settings/stack-file.ts";
import { checkedStack } from "../settings/stack-name.ts";
import { STACK, say, stackConfig } from "./options.ts";
import { ROOT } from "./root.ts";

const add = defineCommand({
  meta: { name: "new", description: "Write the file of a stack of your own, like another one." },
  args: {
    stack: { ...STACK, description: "The new stack's name" },
    like: { type: "string", default: "stage", valueHint: "STACK", description: "The stack that it is like" },
    context: { type: "string", required: true, description: "The kubeconfig's context that it is put into" },
    namespace: { type: "string", required: true, description: "The namespace, of this stack alone" },
    domain: { type: "string", required: true, description: "The domain of its hosts, as apps.example.com" },
  },
  run({ args: { stack, like, context, namespace, domain } }) {
    const path = stackFilePath(ROOT, checkedStack(stack));
    if (existsSync(path)) throw new UserError(`There is a stack ${stack} already, in ${path}.`);
    stackConfig(like);
    const text = newStackText(readFileSync(stackFilePath(ROOT, like), "utf8"), {
      stack,
      kubeContext: context,
      namespace,
      domain,
    });
    writeFileSync(path, text, { flag: "wx" });
    say(`${path} is written, like ${like}'s but for its context, namespaces and hosts, and without secrets.`);
    // What else is wrong with it, as a namespace that another stack has, is told, and the file is there to be put right.
    loadSettings(readStackFile(ROOT, stack), { kind: "redacted" });
    say(`Look at it: ./ops render ${stack}    try it here: ./ops local up ${stack}`);
  },
});

export const stack = defineCommand({
  meta: { name: "stack", description: "Stacks of your own." },
  subCommands: { new: add },
});
