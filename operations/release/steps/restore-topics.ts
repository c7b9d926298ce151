import type { Step } from "../step.ts";
import { restoreTopics as restore } from "../topics.ts";

export const restoreTopics: Step = {
  name: "restore-topics",
  title: "restore the topics",
  async run(context) {
    return (await restore(context)).join(", ") || "by hand";
  },
};
