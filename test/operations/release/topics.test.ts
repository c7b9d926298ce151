import { describe, expect, it } from "vitest";
import type { Chat } from "../../../chat/chat.ts";
import { noticesOf } from "../../../operations/release/notices.ts";
import { begun } from "../../support/release/begun.ts";
import { World } from "../../support/release/world.ts";

const LONG = "Packit ".repeat(30).trim();

/** Begins a release up to its notices, without the chats that are named. */
async function announced(world: World, args: Parameters<typeof begun>[0] = {}) {
  const { context, release } = await begun(args, world);
  await release.next();
  await release.next();
  return { context, release };
}

/** A chat with a topic, what it makes of one that is set, and what it tells in place of it at first. */
function chatOf({ keep = (text: string) => text, told = [] as string[] }): Chat & { now: string } {
  const chat = {
    name: "Tried",
    limit: 250,
    now: "Welcome",
    topic: async () => told.shift() ?? chat.now,
    setTopic: async (text: string) => {
      chat.now = keep(text);
    },
  };
  return chat;
}

describe("a topic", () => {
  it("that leaves no room for itself comes back, by a later release too", async () => {
    const world = await World.make();
    const { topics } = world.services.chats;
    topics.slack = LONG;
    const first = await announced(world, { name: "first" });
    expect(topics.slack).not.toContain(LONG);
    const left = noticesOf(first.context.journal);
    const second = await begun({ name: "second" }, world);
    const context = Object.assign(second.context, { notices: left });
    await second.release.next();
    await second.release.next();
    await second.release.abort();
    expect([topics, context.journal.end]).toEqual([{ matrix: "Welcome to Packit", slack: LONG }, "aborted"]);
  });

  it("of a chat that there is no token for any more is told, and goes by what the release has written", async () => {
    const world = await World.make();
    world.services.chats.topics.slack = LONG;
    await announced(world);
    const { context, release } = await begun({}, world);
    Object.assign(context.services, { chats: [] });
    await release.abort();
    const said = context.said.join("\n");
    expect(said).toContain(
      `There is no token for Slack C01, or no setting any more. Give it back its topic:\n\n${LONG}\n`,
    );
    expect(said).toContain("Welcome to Packit");
  });

  it("that the chat keeps in another form is known again", async () => {
    const world = await World.make();
    const { context, release } = await begun({}, world);
    const chat = chatOf({ keep: (text) => text.replaceAll("\u26a0\ufe0f", ":warning:").trim() });
    Object.assign(context.services, { chats: [chat] });
    Object.assign(context.settings, { notice: "\u26a0\ufe0f An update is under way" });
    await release.next();
    await release.next();
    expect(chat.now).toContain(":warning:");
    await release.abort();
    expect(chat.now).toBe("Welcome");
  });

  it("that the chat tells late is no less this release's", async () => {
    const world = await World.make();
    const { context, release } = await begun({}, world);
    // What was set is told from the fourth look on.
    const chat = chatOf({ told: ["Welcome", "Welcome", "Welcome"] });
    Object.assign(context.services, { chats: [chat] });
    await release.next();
    await release.next();
    expect(chat.now).not.toBe("Welcome");
    await release.abort();
    expect(chat.now).toBe("Welcome");
  });

  it("that somebody else sets at the same moment is theirs", async () => {
    const world = await World.make();
    const { context, release } = await begun({}, world);
    const chat = chatOf({ keep: () => "We have moved." });
    Object.assign(context.services, { chats: [chat] });
    await release.next();
    await release.next();
    await release.abort();
    expect([chat.now, context.said.at(-1)]).toEqual([
      "We have moved.",
      "  Tried has a topic by somebody else: it stays.",
    ]);
  });

  it("that somebody has set by hand is told to be restored by hand, also once there is a token", async () => {
    const { world, context, release } = await begun();
    const { chats } = context.services;
    Object.assign(context.services, { chats: [], chatsByHand: ["Matrix #packit:example.com", "Slack"] });
    await release.next();
    await release.next();
    const later = await begun({}, world);
    Object.assign(later.context.services, { chats });
    await later.release.abort();
    expect(later.context.said).toEqual([
      "  The topic of Matrix #packit:example.com was set by hand. Restore it.",
      "  The topic of Slack was set by hand. Restore it.",
    ]);
    expect(world.outside.topicChanges).toBe(0);
  });

  it("is not changed where the chat says that there is no such room", async () => {
    const world = await World.make();
    world.services.refuses = (line) => (/^matrix PUT/.test(line) ? 404 : undefined);
    const { context, release } = await begun({}, world);
    await release.next();
    await expect(release.next()).rejects.toThrow("Matrix does not know the topic");
    expect(context.journal.step("announce")?.state).toBe("failed");
  });
});
