import type { ArgsDef, CommandDef, Resolvable } from "citty";
import { UserError } from "../errors.ts";
import { nearOr } from "./arguments.ts";

/** A command. It may refuse values before it is run, so that they are told with all else that is wrong. */
// biome-ignore lint/suspicious/noExplicitAny: as citty's own runMain, this takes commands of any arguments.
export type Command = CommandDef<any> & { readonly refuse?: (words: readonly string[]) => void };

/** A command of the command line, with all that it is made of at hand. */
export interface Verb {
  /** The words that lead to it: `["local", "up"]`. */
  readonly path: readonly string[];
  readonly command: Command;
  readonly description: string;
  readonly args: ArgsDef;
  /** The verbs below it. Where there are some, it does nothing itself. */
  readonly verbs: Readonly<Record<string, Resolvable<Command>>>;
}

/** A command with what is loaded only when it is needed. */
export async function verbOf(lazy: Resolvable<Command>, path: readonly string[] = []): Promise<Verb> {
  const command = await resolved(lazy);
  const meta = await resolved(command.meta ?? {});
  const args = await resolved(command.args ?? {});
  const verbs = await resolved(command.subCommands ?? {});
  return { path, command, description: meta.description ?? "", args, verbs };
}

/** The verbs below one. Those that are not for people, as the shell's completion, have no description. */
export async function below({ path, verbs }: Verb): Promise<Verb[]> {
  const all = Object.entries(verbs).map(([name, lazy]) => verbOf(lazy, [...path, name]));
  return (await Promise.all(all)).filter(({ description }) => description !== "");
}

/** All verbs below one that do something themselves; the one itself, if there is none below it. */
export async function leaves(verb: Verb): Promise<Verb[]> {
  const nested = await below(verb);
  return nested.length === 0 ? [verb] : (await Promise.all(nested.map(leaves))).flat();
}

/** The verb that the first words lead to, and the words that are left for it. */
export async function findVerb(
  verb: Verb,
  words: readonly string[],
): Promise<{ verb: Verb; rest: readonly string[] }> {
  const [word, ...rest] = words;
  const known = Object.keys(verb.verbs);
  if (known.length === 0 || word === undefined || word === "-h" || word === "--help")
    return { verb, rest: words };
  const lazy = Object.hasOwn(verb.verbs, word) ? verb.verbs[word] : undefined;
  if (lazy !== undefined) return findVerb(await verbOf(lazy, [...verb.path, word]), rest);
  const whole = ["./ops", ...verb.path].join(" ");
  if (word.startsWith("-"))
    throw new UserError(`${whole} takes no option ${word.split("=")[0]} here: the verb comes first.`);
  const names = (await below(verb)).map(({ path }) => path.at(-1) ?? "");
  throw new UserError(`${whole} has no verb "${word}". ${nearOr(word, names)}`);
}

async function resolved<T>(value: Resolvable<T>): Promise<T> {
  return typeof value === "function" ? (value as () => T | Promise<T>)() : value;
}
