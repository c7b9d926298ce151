import type { Step } from "../step.ts";
import { restoreTopics as restore } from "../topics.ts";

export const restoreTopics: Step = {
  name: "restore-topics",
  title: "restore the topics",
  async run(context) {
    const { services, say } = context;
    const given = await restore(context);
    if (services.chatsByHand.length > 0) say(`  Restore the topic of ${services.chatsByHand.join(" and ")}.`);
    return given.join(", ") || "by hand";
  },
};
