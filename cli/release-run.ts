import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
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
});

/** The journals of a state folder. */
export function journalsOf(state: string | undefined): Journals {
  if (state !== undefined) return new Journals(resolve(state));
  const home = process.env.XDG_STATE_HOME || join(homedir(), ".local", "state");
  return new Journals(join(home, "packit-deployment", "releases"));
}

/** What was said when a release was begun. */
export function begunWith(journal: Journal): z.output<typeof begin> | undefined {
  const found = journal.entries.find(({ type }) => type === "begin");
  return found?.type === "begin" ? begin.parse(found.record) : undefined;
}

/**
 * Works on a release, alone. Where a person must decide and none is there, it ends well, and says how to go on. In a dry
 * run nothing is written down either.
 */
export async function onRelease(
  words: ReleaseWords,
  which: (journals: Journals) => Which,
  work: (context: ReleaseContext) => Promise<void>,
): Promise<void> {
  const journals = journalsOf(words.state);
  const left = () => "All that was done is written down. To go on: ./ops release resume";
  await interruptible(
    (signal) =>
      alone(journals.folder, async () => {
        const context = contextOf(words, journals, which(journals), signal);
        try {
          await work(context);
        } catch (error) {
          if (!(error instanceof Stopped)) throw error;
          say(
            `\n${error.message}\nTo go on at a terminal: ./ops release resume; agreeing: ./ops release next --yes`,
          );
        } finally {
          context.journal.close();
        }
      }),
    left,
  );
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
  const rollbackDigests = journals.digests;
  const now = () => pace.now();
  const former = isDry && !isNew ? journals.read(name) : undefined;
  const journal = isDry ? Journal.draft(former, now) : journals.open(name, now);
  const begun = begunWith(journal);
  const choices = {
    ...words.choices,
    at: { ...begun?.at, ...words.choices.at },
    without: [...new Set([...(begun?.without ?? []), ...words.choices.without])],
  };
  const accepted = [...(begun?.accept ?? []), ...words.accept];
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
    tokens: TOKENS.filter((token) => process.env[token]),
  };
}

/** The commits of `--at NAME=HASH`, by the names of repositories. */
export function commitsOf(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const [, name, hash] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (name !== undefined && hash !== undefined) return [name, hash] as const;
    throw new UserError(`--at is "${text}". It takes a repository and a hash, as --at packit=0123abc.`);
  });
  return Object.fromEntries(pairs);
}
