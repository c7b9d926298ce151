import { runCommand } from "citty";
import { explain, UserError } from "../errors.ts";
import { checkArguments, wantsHelp } from "./arguments.ts";
import { guardOutput } from "./output.ts";
import { usage } from "./usage.ts";
import { type Command, findVerb, type Verb, verbOf } from "./verb.ts";

/** Runs what the words say. A failure is explained on stderr and ends the process with 1. */
export async function run(command: Command, words: readonly string[]): Promise<void> {
  guardOutput();
  try {
    const root = await verbOf(command);
    const isHelp = words.length === 0 || words[0] === "help";
    const { verb, rest } = await findVerb(root, isHelp ? words.slice(1) : words);
    if (isHelp || wantsHelp(verb.args, rest)) {
      process.stdout.write(`${await usage(verb)}\n`);
      return;
    }
    await runVerb(verb, rest);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    // What the failure cut short, as a request that nobody answers, is not waited for.
    process.exit(1);
  }
}

async function runVerb(verb: Verb, words: readonly string[]): Promise<void> {
  const name = ["./ops", ...verb.path].join(" ");
  if (Object.keys(verb.verbs).length > 0)
    throw new UserError(`${name} needs a verb.\n\n${await usage(verb)}`);
  const mistakes = mistakesIn(verb, words);
  if (mistakes !== undefined)
    throw new UserError(`${name}: ${mistakes}\nSee: ./ops help ${verb.path.join(" ")}`);
  await runCommand(verb.command, { rawArgs: [...words] });
}

/** All that is wrong with words that a verb does not take, a line each; nothing where it takes them. */
export function mistakesIn(verb: Verb, words: readonly string[]): string | undefined {
  try {
    checkArguments(verb.args, words);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error.message, ...moreMistakes(verb, words, error.message)].join("\n");
  }
}

/** What is wrong with the values of words that are refused already, but for the options of which that was said. */
function moreMistakes({ command }: Verb, words: readonly string[], said: string): string[] {
  try {
    command.refuse?.(words);
    return [];
  } catch (error) {
    // citty's own errors are of what was said.
    if (!(error instanceof UserError)) return [];
    const first = (line: string) => line.split(" ")[0] ?? "";
    const known = said.split("\n").map(first);
    return error.message.split("\n").filter((line) => !known.includes(first(line)));
  }
}
