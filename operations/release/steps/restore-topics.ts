import type { Step } from "../step.ts";
import { restore } from "../topics.ts";

export const restoreTopics: Step = {
  name: "restore-topics",
  title: "restore the topics",
  async run(context) {
    const { services, say } = context;
    for (const chat of services.chats) await restore(context, chat);
    if (services.chatsByHand.length > 0) say(`  Restore the topic of ${services.chatsByHand.join(" and ")}.`);
    return services.chats.map(({ name }) => name).join(", ") || "by hand";
  },
};
