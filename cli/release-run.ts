import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { quote } from "shlex";
import { z } from "zod";
import { UserError } from "../errors.ts";
import type { Choices, ReleaseContext } from "../operations/release/context.ts";
import { Effects } from "../operations/release/effects.ts";
import { Journal } from "../operations/release/journal.ts";
import { Journals } from "../operations/release/journals.ts";
import { alone } from "../operations/release/lock.ts";
import { REAL_PACE } from "../operations/release/pace.ts";
import { Questions } from "../operations/release/questions.ts";
import type { Step } from "../operations/release/step.ts";
import { Stopped } from "../operations/release/stopped.ts";
import { loadRelease } from "../settings/release.ts";
import { interruptible } from "../system/interruption.ts";
import { say } from "./options.ts";
import { askerOf } from "./release-asker.ts";
import { releaseServices, TOKENS } from "./release-services.ts";
import { ROOT } from "./root.ts";

/** What was said on the command line. */
export interface ReleaseWords {
  readonly state?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly yes: boolean;
  readonly "dry-run": boolean;
  readonly choices: Choices;
  readonly accept: readonly string[];
}

/** Which release is meant, and whether it is begun with this. */
export interface Which {
  readonly name: string;
  readonly isNew: boolean;
}

const begin = z.object({
  at: z.record(z.string(), z.string()),
  without: z.array(z.string()),
  accept: z.array(z.string()),
  // The only step, where one was begun by itself.
  alone: z.string().optional(),
});

/** The journals of a state folder. */
export function journalsOf(state: string | undefined): Journals {
  if (state !== undefined) return new Journals(resolve(state));
  const home = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return new Journals(join(home, "packit-deployment", "releases"));
}

/** What was said when a release was begun, and since. */
export function begunWith(journal: Journal): z.output<typeof begin> | undefined {
  return journal.begun(begin);
}

/** Writes down what is said of how a release is to go, for all that go on with it. */
export function keepWords({ journal, choices, ask, isDry }: ReleaseContext, alone?: Step): void {
  if (isDry) return;
  const former = begunWith(journal);
  const only = alone?.name ?? former?.alone;
  const record = {
    at: choices.at,
    without: [...choices.without],
    accept: [...ask.accepted],
    ...(only !== undefined && { alone: only }),
  };
  if (!isDeepStrictEqual(former, record)) journal.append({ type: "begin", record });
}

/**
 * Works on a release, alone. Where a person must decide and none is there, it ends well, and says how to go on. In a dry
 * run nothing is written down either.
 */
export async function onRelease(
  words: ReleaseWords,
  { which, work, goOn = ["resume", "next --yes"] }: ReleaseWork,
): Promise<void> {
  const journals = journalsOf(words.state);
  const command = commandOf(words);
  const [asked, agreeing] = goOn.map(command);
  await interruptible(
    (signal) =>
      alone(journals.folder, async () => {
        const context = contextOf(words, journals, which(journals), signal);
        try {
          await work(context);
        } catch (error) {
          if (!(error instanceof Stopped)) throw error;
          say(`\n${error.message}\nTo go on at a terminal: ${asked}; agreeing: ${agreeing}`);
        } finally {
          context.journal.close();
        }
      }),
    () => `All that was done is written down. To go on: ${asked}`,
  );
}

/** What is done to a release. */
export interface ReleaseWork {
  readonly which: (journals: Journals) => Which;
  readonly work: (context: ReleaseContext) => Promise<void>;
  /** The words to go on with where it is left: at a terminal, and agreeing. @default - those that go forward */
  readonly goOn?: readonly [string, string];
}

/** What to type for another verb with the same journals. */
export function commandOf({ state, kubeconfig }: Pick<ReleaseWords, "state" | "kubeconfig">) {
  const where = [
    ...(state === undefined ? [] : [`--state=${quote(state)}`]),
    ...(kubeconfig === undefined ? [] : [`--kubeconfig=${quote(kubeconfig)}`]),
  ];
  return (verb: string) => ["./ops release", verb, ...where].join(" ");
}

function contextOf(
  words: ReleaseWords,
  journals: Journals,
  { name, isNew }: Which,
  signal: AbortSignal,
): ReleaseContext {
  const settings = loadRelease(ROOT);
  const isDry = words["dry-run"];
  const pace = REAL_PACE;
  const lastCleaned = journals.lastDone("clean-registry", (said) => said.startsWith("last done"));
  const { digests: rollbackDigests, notices } = journals;
  const now = () => pace.now();
  const former = isDry && !isNew ? journals.read(name) : undefined;
  const journal = isDry ? Journal.draft(former, now) : journals.open(name, now);
  const begun = begunWith(journal);
  const choices = {
    ...words.choices,
    at: { ...begun?.at, ...words.choices.at },
    without: [...new Set([...(begun?.without ?? []), ...words.choices.without])],
  };
  const accepted = [...new Set([...(begun?.accept ?? []), ...words.accept])];
  const asker = askerOf({ yes: words.yes, signal });
  const record = isDry ? (line: string) => say(`  would send: ${line}`) : undefined;
  const { kubeconfig } = words;
  const folder = join(journals.folder, "clones");
  return {
    name,
    begun: new Date(journal.entries[0]?.at ?? pace.now()),
    settings,
    services: releaseServices({ settings, folder, kubeconfig, record, signal }),
    choices,
    journal,
    effects: new Effects({ journal, say, isDry }),
    ask: new Questions({ journal, asker, say, accepted }),
    say,
    pace,
    signal,
    isDry,
    folder: join(journals.folder, name),
    lastCleaned,
    rollbackDigests,
    notices,
    tokens: TOKENS.filter((token) => process.env[token]),
    command: commandOf(words),
  };
}

/** The commits of `--at NAME=HASH`, by the names of repositories. */
export function commitsOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const [, name, hash] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name !== undefined && hash !== undefined) return [name, hash] as const;
    throw new UserError(`--at is "${text}". It takes a repository and a hash, as --at packit=0123abc.`);
  });
  const names = pairs.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--at names ${twice} twice. Give one commit for it.`);
  return Object.fromEntries(pairs);
}
