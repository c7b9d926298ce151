import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { quote } from "shlex";
import { UserError } from "../errors.ts";
import type { Choices, ReleaseContext } from "../operations/release/context.ts";
import { Effects } from "../operations/release/effects.ts";
import { Journal } from "../operations/release/journal.ts";
import { Journals } from "../operations/release/journals.ts";
import { alone } from "../operations/release/lock.ts";
import { REAL_PACE } from "../operations/release/pace.ts";
import { Questions } from "../operations/release/questions.ts";
import { Stopped } from "../operations/release/stopped.ts";
import { loadRelease } from "../settings/release.ts";
import { interruptible } from "../system/interruption.ts";
import { say } from "./options.ts";
import { askerOf } from "./release-asker.ts";
import { begunWith } from "./release-begun.ts";
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

/** The journals of a state folder. */
export function journalsOf(state: string | undefined): Journals {
  if (state !== undefined) return new Journals(resolve(state));
  const home = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return new Journals(join(home, "packit-deployment", "releases"));
}

/**
 * Works on a release, alone. Where a person must decide and none is there, it ends well, and says how to go on. In a dry
 * run nothing is written down either.
 */
export async function onRelease(
  words: ReleaseWords,
  { which, work, goOn = FORWARD, isBackward = false }: ReleaseWork,
): Promise<void> {
  const journals = journalsOf(words.state);
  const command = commandOf(words);
  let journal: Journal | undefined;
  // What is done may begin to go back, or have gone back, by the time that it is left.
  const onward = () => (journal?.isGoingBack && !isBackward ? BACKWARD : goOn).map(command);
  await interruptible(
    (signal) =>
      alone(journals.folder, async () => {
        const context = contextOf(words, journals, which(journals), signal);
        journal = context.journal;
        try {
          await work(context);
        } catch (error) {
          if (!(error instanceof Stopped)) throw error;
          const [asked, agreeing] = onward();
          say(`\n${error.message}\nTo go on at a terminal: ${asked}; agreeing: ${agreeing}`);
        } finally {
          context.journal.close();
        }
      }),
    () => `All that was done is written down. To go on: ${onward()[0]}`,
  );
}

/** The release that is not ended. */
export function current(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const name = journals.current;
    if (name !== undefined) return { name, isNew: false };
    throw new UserError(`No release is under way. To begin one: ${commandOf(words)("start")}`);
  };
}

/** What is done to a release. */
export interface ReleaseWork {
  readonly which: (journals: Journals) => Which;
  readonly work: (context: ReleaseContext) => Promise<void>;
  /** The words to go on with where it is left: at a terminal, and agreeing. @default - those that go forward */
  readonly goOn?: readonly [string, string];
  /** Whether it goes back, or ends it. @default false */
  readonly isBackward?: boolean;
}

const FORWARD = ["resume", "next --yes"] as const;
const BACKWARD = ["rollback", "rollback --yes"] as const;

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
    ask: new Questions({ journal, asker, say, accepted, isDry }),
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
