import { defineCommand } from "citty";
import { quote } from "shlex";
import { UserError } from "../errors.ts";
import type { Journals } from "../operations/release/journals.ts";
import { refuseStray } from "../operations/release/preflight.ts";
import { Release } from "../operations/release/release.ts";
import { rollBack, rollBackImage } from "../operations/release/rollback.ts";
import { STEPS } from "../operations/release/steps.ts";
import { say } from "./options.ts";
import { keepWords } from "./release-begun.ts";
import { commandOf, current, onRelease, type ReleaseWords, type Which } from "./release-run.ts";
import { BACK_ARGS, wordsOf } from "./release-words.ts";

export const abort = defineCommand({
  meta: { name: "abort", description: "End a release where it is, and restore the topics." },
  args: BACK_ARGS,
  async run({ args, rawArgs }) {
    const words = wordsOf(args, rawArgs);
    await onRelease(words, {
      which: current(words),
      goOn: ["abort", "abort --yes"],
      isBackward: true,
      work: async (context) => {
        const { name, isDry, ask, command, journal } = context;
        refuseStray(context);
        const left = journal.isGoingBack ? "What is taken back is, and what is not" : "What it has moved";
        await ask.agree("abort", `End the release ${name}? ${left} stays where it is.`);
        await new Release(context, STEPS).abort();
        if (isDry) return say("Nothing was done.");
        say(`The release ${name} is ended. To take back what it did: ${command("rollback")}`);
      },
    });
  },
});

export const rollback = defineCommand({
  meta: { name: "rollback", description: "Go back to what prod ran before the newest release." },
  args: {
    ...BACK_ARGS,
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
      isBackward: true,
      work: async (context) => {
        refuseStray(context);
        keepWords(context);
        say(`Back from the release ${context.name}.`);
        const back = await (image === undefined ? rollBack(context) : rollBackImage(context, image));
        say(context.isDry ? "Nothing was done." : `Done: ${back}.`);
      },
    });
  },
});

/** What begins an effect that going back is for. */
const BEGINS = ["push ", "pin images", "pulumi up"];

/** The newest release that has changed prod or a branch, or was about to. */
function newest(words: ReleaseWords) {
  return (journals: Journals): Which => {
    const name = journals.names.find((one) => {
      const journal = journals.read(one);
      return BEGINS.some((prefix) => journal.intended(prefix).length > 0);
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
