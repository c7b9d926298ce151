import { defineCommand } from "citty";
import { STEPS } from "../operations/release/steps.ts";
import { abort, rollback } from "./release-back.ts";
import { next, resume, start, verbOf } from "./release-forward.ts";
import { status } from "./release-status.ts";

export const release = defineCommand({
  meta: { name: "release", description: "The weekly update of prod." },
  subCommands: {
    ...{ start, status, next, resume, abort, rollback },
    ...Object.fromEntries(STEPS.map((step) => [step.name, verbOf(step)])),
  },
});
