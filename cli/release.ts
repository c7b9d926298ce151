import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import type { ReleaseContext } from "../operations/release/context.ts";
import type { Journals } from "../operations/release/journals.ts";
import { refuseMissingTokens, refuseUnready } from "../operations/release/preflight.ts";
import { Release } from "../operations/release/release.ts";
import { rollBack } from "../operations/release/rollback.ts";
import { statusTable, stepsOf } from "../operations/release/status.ts";
import type { Step } from "../operations/release/step.ts";
import { STEPS } from "../operations/release/steps.ts";
import { nearOr, REPEATED, repeated } from "./arguments.ts";
import { JSON_OUTPUT, print, say, WHERE } from "./options.ts";
import { begunWith, commitsOf, journalsOf, onRelease, type ReleaseWords, type Which } from "./release-run.ts";
import type { Command } from "./verb.ts";

const STATE = {
  state: {
    type: "string",
    valueHint: "DIR",
    description: "Where journals are. Default: packit-deployment/releases in $XDG_STATE_HOME",
  },
} as const;

const COMMON = {
  ...STATE,
  kubeconfig: WHERE.kubeconfig,
  yes: { type: "boolean", default: false, description: "Agree to all that is asked, but for dangers" },
  "dry-run": {
    type: "boolean",
    default: false,
    description: "Change nothing outside, and say what would be done",
  },
  accept: {
    type: "string",
    valueHint: `DANGER ${REPEATED}`,
    description: "Accept a danger by the name that its message tells; repeat it for more",
  },
  at: {
    type: "string",
    valueHint: `REPOSITORY=HASH ${REPEATED}`,
    description: "The commit to move a stable branch to; repeat it for more. Default: that of main",
  },
  without: {
    type: "string",
    valueHint: `STEP ${REPEATED}`,
    description: "A step to leave out; repeat it for more",
  },
} as const;

type Args = Pick<ReleaseWords, "state" | "kubeconfig" | "yes" | "dry-run">;

function wordsOf(args: Args, raw: readonly string[], image?: string): ReleaseWords {
  const without = repeated(COMMON, raw, "without");
  const names = STEPS.map(({ name }) => name);
  const stray = without.find((name) => !names.includes(name));
  if (stray !== undefined) throw new UserError(`--without is "${stray}". ${nearOr(stray, names)}`);
  const at = commitsOf(repeated(COMMON, raw, "at"));
  return { ...args, accept: repeated(COMMON, raw, "accept"), choices: { at, without, image } };
}

const current = (journals: Journals): Which => ({ name: journals.mustBeOpen(), isNew: false });

const start = defineCommand({
  meta: { name: "start", description: "Begin the weekly update of prod, and do all of it." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, fresh, async (context) => {
      await refuseUnready(context, STEPS);
      begin(context, words);
      say(`The release ${context.name}.`);
      await new Release(context, STEPS).resume();
      say(context.isDry ? "Nothing was done." : `The release ${context.name} is finished.`);
    });
  },
});

/** A release of today; only one is under way at a time. */
function fresh(journals: Journals): Which {
  const open = journals.current;
  if (open === undefined) return { name: journals.newName(new Date()), isNew: true };
  throw new UserError(
    `The release ${open} is under way. To go on: ./ops release resume; to end it: ./ops release abort`,
  );
}

function begin({ journal, isDry }: ReleaseContext, { choices, accept }: ReleaseWords, alone?: Step): void {
  if (isDry) return;
  const others = alone === undefined ? [] : STEPS.filter((step) => step !== alone).map(({ name }) => name);
  const without = [...choices.without, ...others];
  journal.append({ type: "begin", record: { at: choices.at, without, accept: [...accept] } });
}

const resume = defineCommand({
  meta: { name: "resume", description: "Go on with a release, wherever it stopped." },
  args: COMMON,
  async run({ args, rawArgs }) {
    await onRelease(wordsOf(args, rawArgs), current, async (context) => {
      refuseMissingTokens(context, left(context));
      await new Release(context, STEPS).resume();
      say(context.isDry ? "Nothing was done." : `The release ${context.name} is finished.`);
    });
  },
});

const next = defineCommand({
  meta: { name: "next", description: "Do the next step of a release, and stop after it." },
  args: COMMON,
  async run({ args, rawArgs }) {
    await onRelease(wordsOf(args, rawArgs), current, async (context) => {
      refuseMissingTokens(context, left(context).slice(0, 1));
      const after = await new Release(context, STEPS).next();
      say(
        after === undefined
          ? `The release ${context.name} is finished.`
          : `Next: ${after.title} (${after.name})`,
      );
    });
  },
});

function left({ journal, choices }: ReleaseContext): Step[] {
  return STEPS.filter(({ name }) => journal.step(name)?.state !== "done" && !choices.without.includes(name));
}

const status = defineCommand({
  meta: { name: "status", description: "Say how far the newest release is." },
  args: { ...STATE, ...JSON_OUTPUT },
  run({ args: { state, json } }) {
    const journals = journalsOf(state);
    const name = journals.current ?? journals.names[0];
    if (name === undefined)
      throw new UserError("There was no release yet. To begin one: ./ops release start");
    const journal = journals.read(name);
    const steps = stepsOf(journal, STEPS, begunWith(journal)?.without ?? []);
    const end = journal.end ?? null;
    print(json, { release: name, end, steps }, () => statusTable(name, journal, steps));
  },
});

const abort = defineCommand({
  meta: { name: "abort", description: "End a release where it is, and restore the topics." },
  args: COMMON,
  async run({ args, rawArgs }) {
    await onRelease(wordsOf(args, rawArgs), current, async (context) => {
      await context.ask.agree(
        "abort",
        `End the release ${context.name}? What it has moved stays where it is.`,
      );
      await new Release(context, STEPS).abort();
      say(`The release ${context.name} is ended. To take back what it did: ./ops release rollback`);
    });
  },
});

const rollback = defineCommand({
  meta: { name: "rollback", description: "Go back to what prod ran before the newest release." },
  args: {
    ...COMMON,
    image: {
      type: "string",
      valueHint: "IMAGE",
      description: "One image alone, as worker. Default: all, and the branches",
    },
  },
  async run({ args, rawArgs }) {
    await onRelease(wordsOf(args, rawArgs, args.image), newest, async (context) => {
      say(`Back from the release ${context.name}.`);
      say(`Done: ${await rollBack(context)}.`);
    });
  },
});

/** The newest release that has moved something. */
function newest(journals: Journals): Which {
  const name = journals.names.find((one) => journals.read(one).done("push ").length > 0);
  if (name !== undefined) return { name, isNew: false };
  throw new UserError("No release has moved anything yet: there is nothing to go back from.");
}

/** The verb of one step. One that may be done by itself needs no release. */
function verbOf(step: Step): Command {
  return defineCommand({
    meta: { name: step.name, description: `One step: ${step.title}.` },
    args: COMMON,
    async run({ args, rawArgs }) {
      const words = wordsOf(args, rawArgs);
      const which = (journals: Journals): Which => {
        const open = journals.current;
        if (open !== undefined || !step.isAlone) return { name: open ?? journals.mustBeOpen(), isNew: false };
        return { name: journals.newName(new Date(), step.name), isNew: true };
      };
      await onRelease(words, which, async (context) => {
        refuseMissingTokens(context, [step]);
        const isOwn = context.journal.entries.length === 0;
        if (isOwn) begin(context, words, step);
        await new Release(context, isOwn ? [step] : STEPS).one(step);
      });
    },
  });
}

export const release = defineCommand({
  meta: { name: "release", description: "The weekly update of prod." },
  subCommands: {
    ...{ start, status, next, resume, abort, rollback },
    ...Object.fromEntries(STEPS.map((step) => [step.name, verbOf(step)])),
  },
});
