import { join } from "node:path";
import { RootCommand, script } from "@bomb.sh/tab";
import { type ArgDef, defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { knownStacks } from "../settings/stacks.ts";
import { nearOr, REPEATED } from "./arguments.ts";
import { ROOT } from "./root.ts";
import { type Command, leaves, type Verb, verbOf } from "./verb.ts";

const SHELLS: readonly string[] = ["bash", "zsh", "fish"];

/** Prints what a shell must load. */
export const completion = defineCommand({
  meta: { name: "completion", description: "Print what completes ./ops in a shell, for it to load." },
  args: {
    shell: {
      type: "positional",
      valueHint: SHELLS.join("|"),
      description: "The shell, as in: source <(./ops completion bash)",
      required: true,
    },
  },
  run({ args: { shell } }) {
    if (!SHELLS.includes(shell))
      throw new UserError(`There is no completion for "${shell}". ${nearOr(shell, SHELLS)}`);
    script(shell, "ops", join(ROOT, "ops"));
  },
});

/** Answers the shell, which calls it with the words that stand there so far. */
export function complete(ops: () => Command) {
  return defineCommand({
    args: { words: { type: "positional", valueHint: `WORD ${REPEATED}`, required: false } },
    async run({ rawArgs }) {
      const known = new RootCommand();
      for (const verb of await leaves(await verbOf(ops))) add(known, verb);
      known.command("help", "Say what a verb does.");
      known.parse(rawArgs.slice(rawArgs.indexOf("--") + 1));
    },
  });
}

function add(known: RootCommand, { path, description, args }: Verb): void {
  // A verb is only found below words that are known themselves.
  const above = path.slice(0, -1).join(" ");
  if (above !== "" && !known.commands.has(above)) known.command(above, "");
  const command = known.command(path.join(" "), description);
  for (const [name, arg] of Object.entries(args)) {
    const suggest = (say: (value: string, description: string) => void) => {
      for (const value of valuesOf(name, arg)) say(value, "");
    };
    if (arg.type === "positional") command.argument(name, suggest);
    else if (arg.type === "boolean") command.option(name, arg.description ?? "");
    else command.option(name, arg.description ?? "", suggest);
  }
}

function valuesOf(name: string, arg: ArgDef): readonly string[] {
  if (arg.type === "enum") return arg.options ?? [];
  if (arg.type === "positional" && arg.valueHint?.includes("|")) return arg.valueHint.split("|");
  return arg.type === "positional" && name === "stack" ? knownStacks(ROOT) : [];
}
