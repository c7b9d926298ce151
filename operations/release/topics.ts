import { z } from "zod";
import type { Chat } from "../../chat/chat.ts";
import type { ReleaseContext } from "./context.ts";
import { type Notice, noticeKey, noticesOf, topicKey } from "./notices.ts";

/** Puts the notice before a chat's topic, and keeps what it was. */
export async function announce(context: ReleaseContext, chat: Chat): Promise<void> {
  const { notice } = context.settings;
  const { journal } = context;
  await context.effects.once<{ before: string; after: string }>({
    key: noticeKey(chat.name),
    title: `set the topic of ${chat.name}`,
    record: async (former) => {
      if (former !== undefined) return former;
      const before = withoutNotice(await chat.topic(), chat, context);
      return { before, after: withNotice(before, notice, chat.limit) };
    },
    hasHappened: async ({ after }) => (await chat.topic()) === after,
    act: async ({ after }) => {
      await chat.setTopic(after);
      const kept = await chat.topic();
      if (hasWords(kept, notice)) journal.append({ type: "fact", key: topicKey(chat.name), value: kept });
    },
  });
}

/** Gives all chats of this release their topics back; those that there is no token for any more are told. */
export async function restoreTopics(context: ReleaseContext): Promise<string[]> {
  const { services, journal, say } = context;
  const given: string[] = [];
  for (const name of journal.fact(BY_HAND, z.array(z.string())) ?? [])
    say(`  The topic of ${name} was set by hand. Restore it.`);
  for (const notice of noticesOf(journal)) {
    const chat = services.chats.find(({ name }) => name === notice.chat);
    if (chat !== undefined) {
      await restore(context, chat, notice);
      given.push(chat.name);
    } else if (!journal.effect(restoreKey(notice.chat))?.isDone)
      say(
        `  There is no token for ${notice.chat}, or no setting any more. Give it back its topic:\n\n${notice.before}\n`,
      );
  }
  return given;
}

const restoreKey = (chat: string) => `restore ${chat}`;

/** Gives a chat its topic back, unless somebody has changed it meanwhile. */
async function restore({ effects, say }: ReleaseContext, chat: Chat, notice: Notice): Promise<void> {
  const { before, after } = notice;
  await effects.once({
    key: restoreKey(chat.name),
    title: `give ${chat.name} its topic back`,
    record: () => ({ before, after: [...after] }),
    hasHappened: async () => {
      const now = await chat.topic();
      const isOurs = after.includes(now);
      if (!isOurs && now !== before) say(`  ${chat.name} has a topic by somebody else: it stays.`);
      return !isOurs;
    },
    act: () => chat.setTopic(before),
  });
}

/** The key of the chats that were told by hand. */
export const BY_HAND = "told by hand";

/** Whether a text is that notice, in whatever form: somebody else's words are another one. */
function hasWords(text: string, notice: string): boolean {
  return (notice.match(/\p{L}{3,}/gu) ?? []).every((word) => text.includes(word));
}

const BETWEEN = " | ";

/** A topic with the notice before it, as far as there is room. */
export function withNotice(topic: string, notice: string, limit: number): string {
  const both = topic === "" ? notice : `${notice}${BETWEEN}${topic}`;
  return shortened(both.length <= limit ? both : notice, limit);
}

/** A topic without the notice that a release has left there which could not restore it. */
function withoutNotice(topic: string, { name }: Chat, { notices, settings }: ReleaseContext): string {
  const left = notices.find(({ chat, after }) => chat === name && after.includes(topic));
  if (left !== undefined) return left.before;
  const { notice } = settings;
  return topic.startsWith(notice) ? topic.slice(notice.length).replace(BETWEEN, "") : topic;
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
