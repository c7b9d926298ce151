import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { statusTable, stepsOf } from "../operations/release/status.ts";
import { STEPS } from "../operations/release/steps.ts";
import { JSON_OUTPUT, print } from "./options.ts";
import { begunWith } from "./release-begun.ts";
import { commandOf, journalsOf } from "./release-run.ts";
import { STATE } from "./release-words.ts";

export const status = defineCommand({
  meta: { name: "status", description: "Say how far the newest release is." },
  args: { ...STATE, ...JSON_OUTPUT },
  run({ args: { state, json } }) {
    const journals = journalsOf(state);
    const name = journals.current ?? journals.whole[0];
    const command = commandOf({ state });
    if (name === undefined)
      throw new UserError(`There was no release yet. To begin one: ${command("start")}`);
    const journal = journals.read(name);
    const steps = stepsOf(journal, STEPS, begunWith(journal)?.without ?? []);
    const end = journal.isGoingBack ? "being taken back" : (journal.end ?? null);
    print(json, { release: name, end, steps }, () => statusTable(name, journal, steps, command));
  },
});
