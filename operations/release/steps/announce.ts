import type { Step } from "../step.ts";
import { announce as announceIn, BY_HAND } from "../topics.ts";

export const announce: Step = {
  name: "announce",
  title: "tell users in the chats' topics",
  async run(context) {
    const { services, settings, ask, say } = context;
    for (const chat of services.chats) await announceIn(context, chat);
    if (services.chatsByHand.length > 0) {
      say(`  Set the topic of ${services.chatsByHand.join(" and ")} to:\n\n${settings.notice}\n`);
      await ask.agree("announced by hand", "Is that done?");
      if (!context.isDry)
        context.journal.append({ type: "fact", key: BY_HAND, value: [...services.chatsByHand] });
    }
    return [
      ...services.chats.map(({ name }) => name),
      ...services.chatsByHand.map((one) => `${one} by hand`),
    ].join(", ");
  },
};
