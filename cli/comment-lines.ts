import { lexer, type Token } from "marked";
import { split } from "shlex";
import { UserError } from "../errors.ts";
import { numberOf, UNSEEN } from "../system/visible.ts";

/** What a comment may ask for, and the verb that this is. */
export const COMMANDS = {
  deploy: "deploy",
  extend: "extend",
  destroy: "destroy",
  status: "show",
} as const satisfies Readonly<Record<string, string>>;

export type CommandName = keyof typeof COMMANDS;

/** A line of a comment that is a command. */
export interface CommandLine {
  readonly name: CommandName;
  /** As it stands there. */
  readonly line: string;
}

/** The longest comment in which commands are looked for: some long ones take Markdown's reader half a minute. */
const LONGEST = 10_000;

/**
 * The commands in a comment, in their order: lines of its text that begin with one, and not of code, quotes or lists. Whoever
 * has much to say, says what he wants done in a comment of its own.
 */
export function commandLines(comment: string): CommandLine[] {
  if (comment.length > LONGEST) return [];
  return lexer(comment).flatMap((token) => (token.type === "paragraph" ? linesOf(token) : []));
}

/** The lines of a paragraph that begin in its text: a piece of code may go over several lines. */
function linesOf({ raw, tokens = [] }: Token & { tokens?: Token[] }): CommandLine[] {
  let at = 0;
  const texts = tokens.map((token) => {
    const from = at;
    at += token.raw.length;
    return { from, to: at, isText: token.type === "text" || token.type === "escape" };
  });
  let index = 0;
  return raw.split("\n").flatMap((line) => {
    const start = index;
    index += line.length + 1;
    const isText = texts.some(({ from, to, isText }) => isText && from <= start && start < to);
    return (isText && commandOf(line)) || [];
  });
}

/**
 * The command that a line begins with, if it does. What cannot be seen ends the command's name, too: such a line is meant
 * as a command, and `wordsOf` refuses it.
 */
export function commandOf(line: string): CommandLine | undefined {
  const [, name = "", next = ""] = /^\/([a-z]+)(.?)/su.exec(line) ?? [];
  if (!isCommand(name) || (next !== "" && !UNSEEN.test(next))) return undefined;
  return { name, line: line.replace(/[ \t]+$/, "") };
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/**
 * The words of a line, as a shell takes it apart: quotes hold words together, and nothing stands for anything else. A
 * UserError for a line that does not end, has a backslash, or what cannot be seen besides spaces and tabs.
 */
export function wordsOf(line: string): string[] {
  // It looks like a space or like nothing, and parts no words.
  const unseen = [...line].find((letter) => UNSEEN.test(letter) && letter !== " " && letter !== "\t");
  if (unseen !== undefined)
    throw new UserError(`A character that cannot be seen is in it, ${numberOf(unseen)}. Use plain spaces.`);
  // Nothing that is asked for has one; shells and libraries differ in what it does.
  if (line.includes("\\")) throw new UserError("A backslash stands for nothing here. Use quotes.");
  try {
    return split(line);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UserError("A quote is not closed. Close it, or leave it out.");
  }
}
