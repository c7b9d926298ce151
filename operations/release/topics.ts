import type { Chat } from "../../chat/chat.ts";
import type { ReleaseContext } from "./context.ts";

const ANNOUNCE = "announce";

/** Puts the notice before a chat's topic, and keeps what it was. */
export async function announce(context: ReleaseContext, chat: Chat): Promise<void> {
  const { notice } = context.settings;
  await context.effects.once<{ before: string; after: string }>({
    key: `${ANNOUNCE} ${chat.name}`,
    title: `set the topic of ${chat.name}`,
    record: async (former) => {
      if (former !== undefined) return former;
      // A release that could not restore it has left its notice there.
      const before = withoutNotice(await chat.topic(), notice);
      return { before, after: withNotice(before, notice, chat.limit) };
    },
    hasHappened: async ({ after }) => (await chat.topic()) === after,
    act: ({ after }) => chat.setTopic(after),
  });
}

/** Gives a chat its topic back, unless somebody has changed it meanwhile. */
export async function restore(context: ReleaseContext, chat: Chat): Promise<void> {
  const { journal, effects, say } = context;
  const known = journal.effect(`${ANNOUNCE} ${chat.name}`)?.record;
  if (known === undefined) return;
  // announce wrote it.
  const { before, after } = known as { before: string; after: string };
  await effects.once({
    key: `restore ${chat.name}`,
    title: `give ${chat.name} its topic back`,
    record: () => ({ before, after }),
    hasHappened: async () => {
      const now = await chat.topic();
      if (now !== after && now !== before) say(`  ${chat.name} has a topic by somebody else: it stays.`);
      return now !== after;
    },
    act: () => chat.setTopic(before),
  });
}

const BETWEEN = " | ";

/** A topic with the notice before it, as far as there is room. */
export function withNotice(topic: string, notice: string, limit: number): string {
  const both = topic === "" ? notice : `${notice}${BETWEEN}${topic}`;
  return shortened(both.length <= limit ? both : notice, limit);
}

function withoutNotice(topic: string, notice: string): string {
  return topic.startsWith(notice) ? topic.slice(notice.length).replace(BETWEEN, "") : topic;
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
