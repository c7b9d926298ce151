import { type ArgsDef, type CommandDef, renderUsage, runCommand } from "citty";
import { explain, UserError } from "../errors.ts";

/** Runs a command with the process's own arguments. A failure is explained on stderr and ends the process with 1. */
export async function run<T extends ArgsDef>(command: CommandDef<T>): Promise<void> {
  const rawArgs = process.argv.slice(2);
  try {
    if (rawArgs.includes("--help") || rawArgs.includes("-h")) {
      process.stdout.write(`${await renderUsage(command)}\n`);
      return;
    }
    await runCommand(command, { rawArgs });
  } catch (error) {
    const usage = error instanceof Error && error.name === "CLIError";
    process.stderr.write(
      `${explain(usage ? new UserError(`${error.message}\n\n${await renderUsage(command)}`) : error)}\n`,
    );
    process.exitCode = 1;
  }
}
