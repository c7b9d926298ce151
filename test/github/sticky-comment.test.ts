import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conversation, LONGEST_COMMENT } from "../../github/conversation.ts";
import { markerOf, StickyComment } from "../../github/sticky-comment.ts";
import { FakeGitHub } from "../support/github.ts";

const TOPIC = "topic";
const PLACE = "packit/ogr#5";

describe("the one comment of a topic", () => {
  let github: FakeGitHub;
  const sticky = (topic = TOPIC, author = github.conversations.account) => {
    const conversation = new Conversation(
      { token: "t", baseUrl: github.url },
      { owner: "packit", name: "ogr" },
      5,
    );
    return new StickyComment({ conversation, author, topic });
  };
  const say = (body: string, run: number) => sticky().say(body, run);
  const others = (body: string, author = "somebody") => github.conversations.say(PLACE, author, body);
  const bodies = () => github.conversations.on(PLACE).map(({ body }) => body);
  const ours = () => bodies().filter((body) => body.includes(markerOf(TOPIC, 0).slice(0, 14)));
  /** Somebody removes the last comment. */
  const remove = () => github.conversations.comments.pop();

  beforeEach(async () => {
    github = await new FakeGitHub().start();
  });
  afterEach(() => github.stop());

  it("is made, and from then on edited in place, among however many others", async () => {
    const url = await say("pending", 1);
    for (let i = 0; i < 250; i++) others(`talk ${i}`);
    expect(await say("done", 1)).toBe(url);
    expect(await say("newer", 2)).toBe(url);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nnewer`]);
    expect(bodies()).toHaveLength(251);
  });

  it("is found where somebody has moved its marker", async () => {
    await say("first", 1);
    const [comment] = github.conversations.comments;
    if (comment) comment.body = `A word before.\n\n${comment.body}`;
    await say("second", 2);
    expect(bodies()).toEqual([`${markerOf(TOPIC, 2)}\nsecond`]);
  });

  it("is never somebody else's, whatever that says", async () => {
    others(`${markerOf(TOPIC, 99)}\nmine`);
    others(`${markerOf("other", 1)}\nanother topic`, github.conversations.account);
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

  it.each([
    "<!-- other run=99 -->",
    `<!-- ${TOPIC} run=other run=99 -->`,
    `<!-- <!-- ${TOPIC} run=other run=99 -->`,
  ])("is not taken for one of another topic that it speaks of: %s", async (body) => {
    await say(body, 1);
    await sticky("other").change(() => "own", 2);
    expect(bodies()).toEqual([expect.stringContaining(markerOf(TOPIC, 1)), `${markerOf("other", 2)}\nown`]);
  });

  it("is made anew if it was deleted, be it at that very moment", async () => {
    await say("first", 1);
    remove();
    await say("second", 2);
    expect(ours()).toEqual([`${markerOf(TOPIC, 2)}\nsecond`]);
    github.before = (request) => {
      if (request.startsWith("PATCH ")) remove();
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
    ["GitHub fails", 502, { message: "Server Error" }, /answered 502/],
    [
      "the limit is reached",
      403,
      { message: "API rate limit exceeded for 1.2.3.4" },
      /rate limit is reached/,
    ],
    ["it is locked", 403, { message: "Unable to create comment because issue is locked." }, /locked/],
  ])("fails in words where %s", async (_, status, body, message) => {
    github.conversations.fails = (method) => (method === "POST" ? [status, body] : undefined);
    await expect(say("text", 1)).rejects.toThrow(message);
    expect(bodies()).toEqual([]);
  });

  it("that is too long is refused by GitHub, and told", async () => {
    await expect(say("x".repeat(LONGEST_COMMENT), 1)).rejects.toThrow(/comment/);
  });

  it("is posted once where the answer was lost on its way", async () => {
    let isLost = true;
    github.conversations.fails = (method) => {
      if (method !== "POST" || !isLost) return undefined;
      isLost = false;
      others(`${markerOf(TOPIC, 1)}\ntext`, github.conversations.account);
      return [502, { message: "Server Error" }];
    };
    await say("text", 1);
    expect(ours()).toEqual([`${markerOf(TOPIC, 1)}\ntext`]);
  });

  it("is not said, again and again, by an account that it would not be known by", async () => {
    const comment = sticky(TOPIC, "robot");
    for (const saying of [() => comment.say("text", 1), () => comment.change(() => "text", 1)])
      await expect(saying()).rejects.toThrow(`by ${github.conversations.account}, and not by robot.`);
    expect(github.asked.filter((one) => one.startsWith("POST"))).toHaveLength(2);
    expect(bodies()).toEqual([]);
  });

  it("has what each of several runs adds, in whatever order they come", async () => {
    const add = (word: string) => (former: string) =>
      [...new Set([...former.split("\n").filter(Boolean), word])].sort().join("\n");
    await sticky().change(add("first"), 1);
    for (const [i, word] of ["a", "b", "c"].entries()) await sticky().change(add(word), 9 - i);
    expect(bodies()).toEqual(["<!-- topic run=9 -->\na\nb\nc\nfirst"]);
    // What is there already is not written again.
    const asked = github.asked.length;
    await sticky().change(add("a"), 1);
    expect(github.asked.slice(asked).filter((one) => !one.startsWith("GET"))).toEqual([]);
  });

  it("has what a run has added although another one has written over it", async () => {
    await sticky().change(() => "old", 1);
    let times = 0;
    github.conversations.fails = (method) => {
      const [own] = github.conversations.on(PLACE);
      // Between the edit and the look at it, somebody writes what was there before.
      if (method === "GET" && own?.body.includes("new") && times++ === 0)
        own.body = "<!-- topic run=1 -->\nold";
      return undefined;
    };
    await sticky().change((former) => (former.includes("new") ? former : `${former} new`), 2);
    expect(bodies()).toEqual(["<!-- topic run=2 -->\nold new"]);
    expect(times).toBeGreaterThan(0);
  });
});
