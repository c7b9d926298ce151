import { defineCommand } from "citty";
import { quote } from "shlex";
import { UserError } from "../errors.ts";
import type { ReleaseContext } from "../operations/release/context.ts";
import type { Journals } from "../operations/release/journals.ts";
import { refuseUnready } from "../operations/release/preflight.ts";
import { Release } from "../operations/release/release.ts";
import { rollBack, rollBackImage } from "../operations/release/rollback.ts";
import { statusTable, stepsOf } from "../operations/release/status.ts";
import type { Step } from "../operations/release/step.ts";
import { STEPS } from "../operations/release/steps.ts";
import { nearOr, REPEATED, repeated } from "./arguments.ts";
import { JSON_OUTPUT, print, say, WHERE } from "./options.ts";
import {
  begunWith,
  commandOf,
  commitsOf,
  journalsOf,
  keepWords,
  onRelease,
  type ReleaseWords,
  type Which,
} from "./release-run.ts";
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

function wordsOf(args: Args, raw: readonly string[]): ReleaseWords {
  const without = repeated(COMMON, raw, "without");
  const names = STEPS.map(({ name }) => name);
  const stray = without.find((name) => !names.includes(name));
  if (stray !== undefined) throw new UserError(`--without is "${stray}". ${nearOr(stray, names)}`);
  const at = commitsOf(repeated(COMMON, raw, "at"));
  return { ...args, accept: repeated(COMMON, raw, "accept"), choices: { at, without } };
}

const start = defineCommand({
  meta: { name: "start", description: "Begin the weekly update of prod, and do all of it." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, {
      which: fresh(words),
      work: async (context) => {
        await refuseUnready(context, STEPS);
        keepWords(context);
        say(`The release ${context.name}.`);
        await new Release(context, STEPS).resume();
        sayEnd(context);
      },
    });
  },
});

const resume = defineCommand({
  meta: { name: "resume", description: "Go on with a release, wherever it stopped." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, {
      which: current(words),
      work: async (context) => {
        await refuseUnready(context, STEPS);
        keepWords(context);
        await new Release(context, STEPS).resume();
        sayEnd(context);
      },
    });
  },
});

const next = defineCommand({
  meta: { name: "next", description: "Do the next step of a release, and stop after it." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, {
      which: current(words),
      work: async (context) => {
        const release = new Release(context, STEPS);
        await refuseUnready(context, release.left.slice(0, 1));
        keepWords(context);
        const after = await release.next();
        if (after === undefined) sayEnd(context);
        else say(`Next: ${after.title} (${after.name})`);
      },
    });
  },
});

function sayEnd({ name, isDry }: ReleaseContext): void {
  say(isDry ? "Nothing was done." : `The release ${name} is finished.`);
}

/** A release of today; only one is under way at a time. */
function fresh(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const open = journals.current;
    if (open === undefined) return { name: journals.newName(new Date()), isNew: true };
    const command = commandOf(words);
    if (journals.read(open).isGoingBack)
      throw new UserError(
        `The release ${open} is being taken back. To go on with that: ${command("rollback")}`,
      );
    throw new UserError(
      `The release ${open} is under way. To go on: ${command("resume")}; to end it: ${command("abort")}`,
    );
  };
}

/** The release that is not ended. */
function current(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const name = journals.current;
    if (name !== undefined) return { name, isNew: false };
    throw new UserError(`No release is under way. To begin one: ${commandOf(words)("start")}`);
  };
}

const status = defineCommand({
  meta: { name: "status", description: "Say how far the newest release is." },
  args: { ...STATE, ...JSON_OUTPUT },
  run({ args: { state, json } }) {
    const journals = journalsOf(state);
    // What was only one step is none to look at, once it is over.
    const whole = journals.names.find((one) => begunWith(journals.read(one))?.alone === undefined);
    const name = journals.current ?? whole;
    const command = commandOf({ state });
    if (name === undefined)
      throw new UserError(`There was no release yet. To begin one: ${command("start")}`);
    const journal = journals.read(name);
    const { without = [], alone } = begunWith(journal) ?? {};
    const own = STEPS.filter((step) => alone === undefined || step.name === alone);
    const steps = stepsOf(journal, own, without);
    const end = journal.isGoingBack ? "being taken back" : (journal.end ?? null);
    print(json, { release: name, end, steps }, () => statusTable(name, journal, steps, command));
  },
});

const abort = defineCommand({
  meta: { name: "abort", description: "End a release where it is, and restore the topics." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, {
      which: current(words),
      goOn: ["abort", "abort --yes"],
      work: async (context) => {
        const { name, isDry, ask, command } = context;
        const question = `End the release ${name}? What it has moved stays where it is.`;
        if (!isDry) await ask.agree("abort", question);
        await new Release(context, STEPS).abort();
        if (isDry) return say("Nothing was done.");
        say(`The release ${name} is ended. To take back what it did: ${command("rollback")}`);
      },
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
  async run({ args: { image, ...args }, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    const verb = image === undefined ? "rollback" : `rollback --image ${quote(image)}`;
    await onRelease(words, {
      which: newest(words),
      goOn: [verb, `${verb} --yes`],
      work: async (context) => {
        say(`Back from the release ${context.name}.`);
        const back = await (image === undefined ? rollBack(context) : rollBackImage(context, image));
        say(context.isDry ? "Nothing was done." : `Done: ${back}.`);
      },
    });
  },
});

/** What begins an effect that going back is for. */
const BACK = ["push ", "pin images", "pulumi up"];

/** The newest release that has changed prod or a branch, or was about to. */
function newest(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const name = journals.names.find((one) => {
      const journal = journals.read(one);
      return BACK.some((prefix) => journal.intended(prefix).length > 0);
    });
    if (name === undefined)
      throw new UserError("No release has moved anything yet: there is nothing to go back from.");
    const open = journals.current;
    if (open === undefined || open === name) return { name, isNew: false };
    const abort = commandOf(words)("abort");
    throw new UserError(
      `The release ${open} is under way, and the one to go back from is ${name}. First end it: ${abort}`,
    );
  };
}

/** The verb of one step. One that may be done by itself needs no release. */
function verbOf(step: Step): Command {
  return defineCommand({
    meta: { name: step.name, description: `One step: ${step.title}.` },
    args: COMMON,
    async run({ args, rawArgs }) {
      const words = wordsOf(args, rawArgs);
      const which = (journals: Journals): Which => {
        if (journals.current !== undefined || !step.isAlone) return current(words)(journals);
        return { name: journals.newName(new Date(), step.name), isNew: true };
      };
      await onRelease(words, {
        which,
        goOn: [step.name, `${step.name} --yes`],
        work: (context) => one(step, context),
      });
    },
  });
}

async function one(step: Step, context: ReleaseContext): Promise<void> {
  const { journal, isDry } = context;
  const isOwn = journal.entries.length === 0;
  await refuseUnready(context, [step]);
  keepWords(context, isOwn ? step : undefined);
  try {
    await new Release(context, isOwn ? [step] : STEPS).one(step);
  } finally {
    // By itself it is no release that anybody goes on with.
    if (isOwn && !isDry && journal.end === undefined) journal.append({ type: "end", how: "aborted" });
  }
}

export const release = defineCommand({
  meta: { name: "release", description: "The weekly update of prod." },
  subCommands: {
    ...{ start, status, next, resume, abort, rollback },
    ...Object.fromEntries(STEPS.map((step) => [step.name, verbOf(step)])),
  },
});
