import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conversation, LONGEST_COMMENT } from "../../github/conversation.ts";
import { markerOf, StickyComment } from "../../github/sticky-comment.ts";
import { FakeConversations } from "../support/conversations.ts";

const TOPIC = "preview";

describe("the one comment of a topic", () => {
  let github: FakeConversations;
  const say = (body: string, run: number) => {
    const conversation = new Conversation(
      { token: "t", baseUrl: github.url },
      { owner: "packit", name: "deployment" },
      7,
    );
    return new StickyComment({ conversation, author: github.author, topic: TOPIC }).say(body, run);
  };
  const bodies = () => github.comments.map(({ body }) => body);
  const ours = () => bodies().filter((body) => body.includes(markerOf(TOPIC, 0).slice(0, 14)));

  beforeEach(async () => {
    github = await new FakeConversations().start();
  });
  afterEach(() => github.stop());

  it("is made, and from then on edited in place, among however many others", async () => {
    const url = await say("pending", 1);
    for (let i = 0; i < 250; i++) github.say(`talk ${i}`, "someone");
    expect(await say("done", 1)).toBe(url);
    expect(await say("newer", 2)).toBe(url);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nnewer`]);
    expect(github.comments).toHaveLength(251);
  });

  it("is found where somebody has moved its marker", async () => {
    await say("first", 1);
    const [comment] = github.comments;
    if (comment) comment.body = `A word before.\n\n${comment.body}`;
    await say("second", 2);
    expect(bodies()).toEqual([`${markerOf(TOPIC, 2)}\nsecond`]);
  });

  it("is never somebody else's, whatever that says", async () => {
    github.say(`${markerOf(TOPIC, 99)}\nmine`, "mallory");
    github.say(`${markerOf("other", 1)}\nanother topic`);
    await say("text", 1);
    expect(bodies()).toEqual([
      `${markerOf(TOPIC, 99)}\nmine`,
      `${markerOf("other", 1)}\nanother topic`,
      `${markerOf(TOPIC, 1)}\ntext`,
    ]);
  });

  it("cannot be made to look newer by its own text", async () => {
    await say(`as if: ${markerOf(TOPIC, 99)}`, 1);
    await say("newer", 2);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nnewer`]);
  });

  it("is made anew if it was deleted, be it at that very moment", async () => {
    await say("first", 1);
    github.remove(1);
    await say("second", 2);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nsecond`]);
    github.before = (request) => {
      if (request.startsWith("PATCH ")) github.remove(github.comments.at(-1)?.id ?? 0);
    };
    await say("third", 3);
    expect(ours()).toEqual([`${markerOf(TOPIC, 3)}\nthird`]);
  });

  it("stays that of a newer run", async () => {
    await say("newer", 2);
    await say("older", 1);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nnewer`]);
  });

  it.each([
    ["neither has seen the other", (request: string) => request.startsWith("GET ")],
    ["both are about to write", (request: string) => request.startsWith("POST ")],
  ])("is one, and the newest run's, of two runs at once: %s", async (_, isMeeting) => {
    // Both wait for each other at their first request of that kind.
    let waiting: (() => void) | undefined;
    let met = 0;
    github.before = async (request) => {
      if (!isMeeting(request) || met >= 2) return;
      met += 1;
      if (met === 2) return waiting?.();
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    };
    await Promise.all([say("older", 1), say("newer", 2)]);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nnewer`]);
  });

  it.each([
    ["GitHub fails", { status: 502, body: { message: "Server Error" } }, /answered 502/],
    [
      "the limit is reached",
      {
        status: 403,
        body: { message: "API rate limit exceeded" },
        headers: { "x-ratelimit-remaining": "0" },
      },
      /rate limit is reached/,
    ],
    [
      "the conversation is locked",
      { status: 403, body: { message: "Unable to create comment because issue is locked." } },
      /locked/,
    ],
  ])("fails in words where %s", async (_, answer, message) => {
    github.instead = (request) => (request.startsWith("POST ") ? answer : undefined);
    await expect(say("text", 1)).rejects.toThrow(message);
    expect(github.comments).toEqual([]);
  });

  it("that is too long is refused by GitHub, and told", async () => {
    await expect(say("x".repeat(LONGEST_COMMENT), 1)).rejects.toThrow(/comment/);
  });

  it("is posted once where the answer was lost on its way", async () => {
    let isLost = true;
    github.instead = (request) => {
      if (!request.startsWith("POST ") || !isLost) return undefined;
      isLost = false;
      github.say(`${markerOf(TOPIC, 1)}\ntext`);
      return { status: 502, body: { message: "Server Error" } };
    };
    await say("text", 1);
    expect(ours()).toEqual([`${markerOf(TOPIC, 1)}\ntext`]);
  });
});
