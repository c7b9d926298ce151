import { type CommandDef, parseArgs, renderUsage, runCommand } from "citty";
import { explain, UserError } from "../errors.ts";
import { nearest } from "../settings/violation.ts";
import { guardOutput } from "./output.ts";

/** Runs a command with the process's own arguments. A failure is explained on stderr and ends the process with 1. */
// biome-ignore lint/suspicious/noExplicitAny: as citty's own runMain, this takes a command of any arguments.
export async function run(command: CommandDef<any>): Promise<void> {
  guardOutput();
  const rawArgs = process.argv.slice(2);
  const chosen = await subCommand(command, rawArgs);
  try {
    if (rawArgs.includes("--help") || rawArgs.includes("-h")) {
      process.stdout.write(`${await renderUsage(chosen)}\n`);
      return;
    }
    await refuseUnknown(chosen, chosen === command ? rawArgs : rawArgs.slice(1));
    await runCommand(command, { rawArgs });
  } catch (error) {
    const isUsage = error instanceof Error && error.name === "CLIError";
    process.stderr.write(
      `${isUsage ? `${error.message}\n\n${await renderUsage(chosen)}` : explain(error)}\n`,
    );
    // What the failure cut short, as a request that nobody answers, is not waited for.
    process.exit(1);
  }
}

async function subCommand(command: CommandDef, [name]: readonly string[]): Promise<CommandDef> {
  const subCommands = (await resolve(command.subCommands)) ?? {};
  return (name !== undefined && (await resolve(subCommands[name]))) || command;
}

/** citty itself takes any option and any number of words; what is mistyped or forgotten must not go unnoticed. */
async function refuseUnknown(command: CommandDef, rawArgs: readonly string[]): Promise<void> {
  const args = (await resolve(command.args)) ?? {};
  const known = Object.keys(args);
  const given = rawArgs.flatMap((arg) => /^--(?:no-)?([^=]+)/.exec(arg)?.[1] ?? []);
  const unknown = given.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, known);
    const remedy = meant === undefined ? `Known are: ${names(known)}.` : `Did you mean --${meant}?`;
    throw new UserError(`Unknown option --${unknown}. ${remedy}`);
  }
  if (command.subCommands) return;
  const positionals = Object.values(args).filter(({ type }) => type === "positional");
  if (positionals.some(({ valueHint }) => valueHint?.endsWith(REPEATED))) return;
  const surplus = parseArgs(rawArgs.slice(), args)._[positionals.length];
  if (surplus !== undefined) {
    throw new UserError(`There is no use for "${surplus}" here. Known are: ${names(known)}.`);
  }
}

/** What ends the hint of a positional argument of which there may be any number. */
export const REPEATED = "…";

function names(known: readonly string[]): string {
  return known.map((name) => `--${name}`).join(", ");
}

type Resolvable<T> = T | Promise<T> | (() => T) | (() => Promise<T>);

async function resolve<T>(value: Resolvable<T>): Promise<T> {
  return typeof value === "function" ? (value as () => T | Promise<T>)() : value;
}
