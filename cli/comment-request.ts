import { type ArgDef, type ArgsDef, parseArgs } from "citty";
import { UserError } from "../errors.ts";
import { lengthOf } from "../schema/duration.ts";
import { allOf } from "../settings/every-mistake.ts";
import { optionsIn, positionalsIn } from "./arguments.ts";
import { COMMANDS, type CommandLine, type CommandName, commandLines, wordsOf } from "./comment-lines.ts";
import { mistakesIn } from "./run.ts";
import { deployCommand, type Place, readDeploy } from "./test-instance-deploy.ts";
import { extendCommand } from "./test-instance-keep.ts";
import { showCommand } from "./test-instance-look.ts";
import { destroyCommand } from "./test-instance-remove.ts";
import { type Verb, verbOf } from "./verb.ts";

/** What a command of a comment asks for, understood. */
export type Asked =
  | ({ readonly name: "deploy" } & ReturnType<typeof readDeploy>)
  /** `instance`: that which is named; none where all are meant that the pull request is on. */
  | { readonly name: "extend"; readonly instance: string | undefined; readonly by: string }
  | { readonly name: "destroy"; readonly instance: string | undefined; readonly why?: string }
  | { readonly name: "status"; readonly instance: string | undefined };

/** As many commands as one comment may hold: each can take its time. */
const MOST = 5;

/** How long a comment's command may wait for a slot, in seconds: what is waited in is a run of a workflow, which ends. */
const LONGEST_WAIT_SECONDS = 2 * 3600;

const VERBS = { deploy: deployCommand, extend: extendCommand, destroy: destroyCommand, status: showCommand };

/** The options that a comment may have, by its command. */
const OPTIONS: Readonly<Record<CommandName, readonly string[]>> = {
  deploy: ["base", "name", "ttl", "with", "without", "image", "wait", "limit", "only-existing", "dry-run"],
  extend: ["by"],
  destroy: [],
  status: [],
};

/** Why a comment may not have the others. */
const REASONS: Readonly<Record<string, string>> = {
  local: "it means the machine that one sits at",
  kubeconfig: "it names a file of the machine that one sits at",
  "in-cluster": "it says where a program runs",
  engine: "what makes objects is the same for all that comments ask for",
  json: "people read the answer",
};

/** All that a comment asks for, in its order; a UserError with all that is wrong in any of its lines. */
export async function askedIn(comment: string, place: Place, reference: string): Promise<Asked[]> {
  const lines = commandLines(comment);
  if (lines.length > MOST)
    throw new UserError(`A comment may hold ${MOST} commands, and this one has ${lines.length}.`);
  // Whether a line ends there, readers of Markdown and editors do not agree.
  if (lines.length > 0 && /\r(?!\n)/.test(comment))
    throw new UserError("A carriage return (U+000D) is in the comment that ends no line. Write it anew.");
  return askedBy(lines, place, reference);
}

/**
 * What lines ask for.
 *
 * @param reference The pull request that they are said on, which is meant where none is named.
 */
export async function askedBy(
  lines: readonly CommandLine[],
  place: Place,
  reference: string | undefined,
): Promise<Asked[]> {
  const all = await Promise.all(
    lines.map(async (line) => ({ line, verb: await verbOf(VERBS[line.name], [COMMANDS[line.name]]) })),
  );
  return allOf(all, ({ line, verb }) => {
    try {
      return asked(line, verb, place, reference);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`${line.line}\n${error.message.replaceAll(/^/gm, "  ")}`);
    }
  });
}

function asked({ name, line }: CommandLine, verb: Verb, place: Place, reference: string | undefined): Asked {
  const given = wordsOf(line).slice(1);
  const isBare = positionalsIn(verb.args, given).length === 0;
  // It comes first: what an option takes comes behind that.
  const meant = name === "deploy" ? reference : ANY;
  const words = isBare && meant !== undefined ? [meant, ...given] : given;
  refuseOthers(name, verb.args, given);
  const mistakes = mistakesIn(commented(name, verb, place), words);
  if (mistakes !== undefined) throw new UserError(mistakes);
  if (name === "deploy") return { name, ...refuseLong(readDeploy(words, place)) };
  const instance = isBare ? undefined : positionalsIn(verb.args, words)[0];
  if (instance === "") throw new UserError("The instance's name is empty. Name one, or leave it out.");
  if (instance === undefined && reference === undefined)
    throw new UserError("Name the instance: no pull request is known here.");
  if (name !== "extend") return { name, instance };
  const by = String(parseArgs([...words], verb.args).by);
  lengthOf("--by", by);
  return { name, instance, by };
}

/** A verb with those of its options alone that a comment may have. */
function commented(name: CommandName, verb: Verb, place: Place): Verb {
  const isTaken = ([key, { type }]: [string, ArgDef]) => type === "positional" || OPTIONS[name].includes(key);
  const args = Object.fromEntries(Object.entries(verb.args).filter(isTaken));
  const refuse = name === "deploy" ? (words: readonly string[]) => void readDeploy(words, place) : undefined;
  return { ...verb, args, command: { ...verb.command, ...(refuse && { refuse }) } };
}

/** Stands for an instance's name where a verb wants one. */
const ANY = "any";

function refuseOthers(name: CommandName, args: ArgsDef, words: readonly string[]): void {
  const others = optionsIn(args, words).filter((one) => one in args && !OPTIONS[name].includes(one));
  allOf([...new Set(others)], (one) => {
    const why = REASONS[one] ?? "it is for a terminal";
    throw new UserError(`--${one} cannot be said in a comment: ${why}. Leave it out.`);
  });
}

function refuseLong(read: ReturnType<typeof readDeploy>): ReturnType<typeof readDeploy> {
  const long = [
    ["--wait", read.waitSeconds],
    ["--limit", read.limitSeconds],
  ] as const;
  allOf(long, ([option, seconds]) => {
    if (seconds > LONGEST_WAIT_SECONDS)
      throw new UserError(
        `${option} is too long: what waits for it is a run of a workflow, which ends. It takes at most ${LONGEST_WAIT_SECONDS / 3600}h in a comment.`,
      );
  });
  return read;
}
