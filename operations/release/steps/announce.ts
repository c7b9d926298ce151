import type { Step } from "../step.ts";
import { announce as announceIn } from "../topics.ts";

export const announce: Step = {
  name: "announce",
  title: "tell users in the chats' topics",
  async run(context) {
    const { services, settings, ask, say } = context;
    for (const chat of services.chats) await announceIn(context, chat);
    if (services.chatsByHand.length > 0) {
      say(`  Set the topic of ${services.chatsByHand.join(" and ")} to:\n\n${settings.notice}\n`);
      if (!context.isDry) await ask.agree("announced by hand", "Is that done?");
    }
    return [
      ...services.chats.map(({ name }) => name),
      ...services.chatsByHand.map((one) => `${one} by hand`),
    ].join(", ");
  },
};
