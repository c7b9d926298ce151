import { z } from "zod";
import type { Journal } from "./journal.ts";

/** A topic with the notice of a release before it, and what it was without. */
export interface Notice {
  readonly chat: string;
  readonly before: string;
  /** As it was written, and as the chat has it: it may hold texts in another form. */
  readonly after: readonly string[];
}

const ANNOUNCE = "announce ";

/** The key of the effect that changes a chat's topic. */
export function noticeKey(chat: string): string {
  return `${ANNOUNCE}${chat}`;
}

/** The key of what the chat has made of it. */
export function topicKey(chat: string): string {
  return `topic of ${chat}`;
}

const topics = z.object({ before: z.string(), after: z.string() });

/** The notices that a release has given, or meant to. */
export function noticesOf(journal: Journal): Notice[] {
  return journal.intended(ANNOUNCE).flatMap((key) => {
    const chat = key.slice(ANNOUNCE.length);
    const { data } = topics.safeParse(journal.effect(key)?.record);
    if (data === undefined) return [];
    const kept = journal.fact(topicKey(chat), z.string());
    return [{ chat, before: data.before, after: [data.after, ...(kept === undefined ? [] : [kept])] }];
  });
}
