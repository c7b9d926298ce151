import { execa } from "execa";
import { UserError } from "../errors.ts";
import type { Asker } from "../operations/release/questions.ts";
import { Stopped } from "../operations/release/stopped.ts";
import { forgetTypedAhead } from "../system/typed-ahead.ts";

/** Who answers: nobody is asked with --yes, and nobody can be where no terminal is. */
export function askerOf({ yes, signal }: { readonly yes: boolean; readonly signal: AbortSignal }): Asker {
  if (yes) return { ...SILENT, mode: "yes" };
  if (!process.stdin.isTTY || !process.stderr.isTTY) return { ...SILENT, mode: "nobody" };
  // Results alone go to stdout.
  const context = { output: process.stderr, signal, clearPromptOnDone: false };
  return {
    mode: "person",
    confirm: async (message, byDefault) => {
      const { default: confirm } = await import("@inquirer/confirm");
      return answered(() => confirm({ message, default: byDefault }, context));
    },
    text: async (message, byDefault) => {
      const { default: input } = await import("@inquirer/input");
      return answered(() => input({ message, default: byDefault }, context));
    },
    edit,
  };
}

const SILENT = {
  confirm: async () => true,
  text: async (_: string, given: string) => given,
  edit: async () => {},
};

/** Ctrl-C at a question ends the work as it does elsewhere. */
async function answered<T>(ask: () => Promise<T>): Promise<T> {
  forgetTypedAhead();
  try {
    return await ask();
  } catch (error) {
    const isLeft = error instanceof Error && ["ExitPromptError", "AbortPromptError"].includes(error.name);
    throw isLeft ? new Stopped("Left at a question.") : error;
  }
}

/** Opens a file in the user's editor, which may be a command with options, as git takes it. */
async function edit(path: string): Promise<void> {
  const editor = process.env.VISUAL || process.env.EDITOR || "vi";
  const { failed } = await execa("sh", ["-c", `${editor} "$1"`, "sh", path], {
    stdio: "inherit",
    reject: false,
  });
  if (failed)
    throw new UserError(`The editor "${editor}" fails. Name another one in EDITOR; the text is in ${path}.`);
}
