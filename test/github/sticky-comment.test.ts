import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Conversation } from "../../github/conversation.ts";
import { StickyComment } from "../../github/sticky-comment.ts";
import { FakeGitHub } from "../support/github.ts";

const OGR = { owner: "packit", name: "ogr" };
const PLACE = "packit/ogr#5";
const ACCOUNT = "github-actions[bot]";

let fake: FakeGitHub;

beforeEach(async () => {
  fake = await new FakeGitHub().start();
});
afterEach(() => fake.stop());

describe("the one comment of a topic", () => {
  it("is made once, and edited in place", async () => {
    const [first, second] = [await sticky().say("one", 1), await sticky().say("two", 2)];
    expect(second).toBe(first);
    expect(bodies()).toEqual(["<!-- topic run=2 -->\ntwo"]);
  });

  it("is the newest run's", async () => {
    await sticky().say("new", 2);
    await sticky().say("old", 1);
    expect(bodies()).toEqual(["<!-- topic run=2 -->\nnew"]);
  });

  it("is made anew where somebody has removed it, and is nobody else's", async () => {
    fake.conversations.say(PLACE, "mallory", "<!-- topic run=99 -->\nmine");
    await sticky().say("one", 1);
    fake.conversations.comments.splice(1, 1);
    await sticky().say("two", 1);
    expect(bodies()).toEqual(["<!-- topic run=99 -->\nmine", "<!-- topic run=1 -->\ntwo"]);
  });

  it("is found behind hundreds of others", async () => {
    await sticky().say("one", 1);
    for (let i = 0; i < 250; i++) fake.conversations.say(PLACE, "alice", `comment ${i}`);
    await sticky().say("two", 2);
    expect(bodies().filter((body) => body.includes("topic"))).toEqual(["<!-- topic run=2 -->\ntwo"]);
  });

  it("has what each of several runs adds, in whatever order they come", async () => {
    const add = (word: string) => (former: string) =>
      [...new Set([...former.split("\n").filter(Boolean), word])].sort().join("\n");
    await sticky().change(add("first"), 1);
    for (const [i, word] of ["a", "b", "c"].entries()) await sticky().change(add(word), 9 - i);
    expect(bodies()).toEqual(["<!-- topic run=9 -->\na\nb\nc\nfirst"]);
    // What is there already is not written again.
    const asked = fake.asked.length;
    await sticky().change(add("a"), 1);
    expect(fake.asked.slice(asked).filter((one) => !one.startsWith("GET"))).toEqual([]);
  });

  it("has what a run has added although another one has written over it", async () => {
    await sticky().change(() => "old", 1);
    let times = 0;
    fake.conversations.fails = (method) => {
      const [own] = fake.conversations.on(PLACE);
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

function sticky(): StickyComment {
  const conversation = new Conversation({ baseUrl: fake.url }, OGR, 5);
  return new StickyComment({ conversation, author: ACCOUNT, topic: "topic" });
}

function bodies(): string[] {
  return fake.conversations.on(PLACE).map(({ body }) => body);
}
