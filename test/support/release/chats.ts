import type { Answer, Asked } from "./shapes.ts";

/** Chats and Mastodon, which count what is changed in them. */
export class FakeChats {
  /** Each change of a topic. */
  readonly topicChanges: string[] = [];
  readonly topics = { matrix: "Welcome to Packit", slack: "Packit & friends <3" };
  readonly toots: { id: string; text: string; key: string; at: string }[] = [];

  matrix({ method, path, body }: Asked): Answer {
    if (path.includes("/directory/room/")) return [200, { room_id: "!room:example.com", servers: [] }];
    if (method === "GET") return [200, { topic: this.topics.matrix }];
    const { topic } = body as { topic: string };
    this.#setTopic("matrix", topic);
    return [200, { event_id: "$event" }];
  }

  slack({ path, body }: Asked): Answer {
    const escaped = (text: string) =>
      text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    if (path === "/conversations.info")
      return [200, { ok: true, channel: { id: "C01", topic: { value: escaped(this.topics.slack) } } }];
    const { topic } = body as { topic: string };
    if (topic.length > 250) return [200, { ok: false, error: "too_long" }];
    this.#setTopic("slack", topic);
    return [200, { ok: true }];
  }

  #setTopic(chat: "matrix" | "slack", topic: string): void {
    this.topics[chat] = topic;
    this.topicChanges.push(`${chat}: ${topic}`);
  }

  mastodon({ method, path, headers, body }: Asked): Answer {
    if (path.endsWith("/verify_credentials")) return [200, { id: "7", username: "packit" }];
    if (path === "/api/v1/accounts/7/statuses")
      return [
        200,
        this.toots.map(({ id, text, at }) => ({
          id,
          url: `https://fosstodon.org/@packit/${id}`,
          created_at: at,
          content: `<p>${text}</p>`,
        })),
      ];
    const source = /^\/api\/v1\/statuses\/(\d+)\/source$/.exec(path)?.[1];
    if (source !== undefined) {
      const found = this.toots.find(({ id }) => id === source);
      return found ? [200, { id: found.id, text: found.text, spoiler_text: "" }] : [404, {}];
    }
    if (method !== "POST") return [404, { error: "Record not found" }];
    const key = String(headers["idempotency-key"] ?? "");
    const { status: text } = body as { status: string };
    const known = this.toots.find((one) => one.key === key && key !== "");
    const toot = known ?? { id: `${this.toots.length + 1}`, text, key, at: new Date().toISOString() };
    if (known === undefined) this.toots.unshift(toot);
    return [200, { id: toot.id, url: `https://fosstodon.org/@packit/${toot.id}`, created_at: toot.at }];
  }
}
