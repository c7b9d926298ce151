import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import type { ReleaseContext } from "../operations/release/context.ts";
import type { Journals } from "../operations/release/journals.ts";
import { refuseUnready } from "../operations/release/preflight.ts";
import { Release } from "../operations/release/release.ts";
import type { Step } from "../operations/release/step.ts";
import { STEPS } from "../operations/release/steps.ts";
import { say } from "./options.ts";
import { keepWords } from "./release-begun.ts";
import {
  commandOf,
  current,
  onRelease,
  type ReleaseWords,
  type ReleaseWork,
  type Which,
} from "./release-run.ts";
import { COMMON, wordsOf } from "./release-words.ts";
import type { Command } from "./verb.ts";

export const start = forward(
  { name: "start", description: "Begin the weekly update of prod, and do all of it." },
  (words) => ({ which: fresh(words), work: doAll }),
);

export const resume = forward(
  { name: "resume", description: "Go on with a release, wherever it stopped." },
  (words) => ({ which: current(words), work: doAll }),
);

export const next = forward(
  { name: "next", description: "Do the next step of a release, and stop after it." },
  (words) => ({ which: current(words), work: doNext }),
);

/** A verb that goes forward. */
function forward(
  meta: { readonly name: string; readonly description: string },
  workOf: (words: ReleaseWords) => ReleaseWork,
): Command {
  return defineCommand({
    meta,
    args: COMMON,
    async run({ args, rawArgs }) {
      const words = wordsOf(args, rawArgs);
      await onRelease(words, workOf(words));
    },
  });
}

async function doAll(context: ReleaseContext): Promise<void> {
  await refuseUnready(context, STEPS);
  keepWords(context);
  say(`The release ${context.name}.`);
  await new Release(context, STEPS).resume();
  sayEnd(context);
}

async function doNext(context: ReleaseContext): Promise<void> {
  const release = new Release(context, STEPS);
  await refuseUnready(context, release.left.slice(0, 1));
  keepWords(context);
  const after = await release.next();
  if (after === undefined) sayEnd(context);
  else say(`Next: ${after.title} (${after.name})`);
}

function sayEnd({ name, isDry }: ReleaseContext): void {
  say(isDry ? "Nothing was done." : `The release ${name} is finished.`);
}

/** The verb of one step. One that may be done by itself needs no release. */
export function verbOf(step: Step): Command {
  return forward({ name: step.name, description: `One step: ${step.title}.` }, (words) => ({
    which: (journals) => {
      if (journals.current !== undefined || !step.isAlone) return current(words)(journals);
      return { name: journals.newName(new Date(), step.name), isNew: true };
    },
    goOn: [step.name, `${step.name} --yes`],
    work: (context) => one(step, context),
  }));
}

async function one(step: Step, context: ReleaseContext): Promise<void> {
  const isOwn = context.journal.entries.length === 0;
  await refuseUnready(context, [step]);
  keepWords(context, isOwn ? step : undefined);
  await new Release(context, isOwn ? [step] : STEPS).one(step);
}

/** A release of today; only one is under way at a time. */
function fresh(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const open = journals.current;
    if (open === undefined) return { name: journals.newName(new Date()), isNew: true };
    const command = commandOf(words);
    const [how, verb] = journals.read(open).isGoingBack
      ? ["being taken back", "rollback"]
      : ["under way", "resume"];
    throw new UserError(
      `The release ${open} is ${how}. To go on: ${command(verb)}; to end it: ${command("abort")}`,
    );
  };
}
