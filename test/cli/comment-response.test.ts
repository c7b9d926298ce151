import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { respondToComment } from "../../cli/comment-response.ts";
import type { Response } from "../../cli/response.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import { Conversation } from "../../github/conversation.ts";
import { GitHub } from "../../github/github.ts";
import { StickyComment } from "../../github/sticky-comment.ts";
import { StatusBoard } from "../../operations/test-instances/status-board.ts";
import { FakeGitHub } from "../support/github.ts";
import { POOL } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";

const OGR = { owner: "packit", name: "ogr" };
const PLACE = "packit/ogr#123";
const ACCOUNT = "github-actions[bot]";

/** Nothing in these tests gets as far as a cluster; what would is told by this. */
const REACHED = "No cluster is here.";

let fake: FakeGitHub;
let said: FakeGitHub["conversations"];

beforeEach(async () => {
  fake = await new FakeGitHub().start();
  fake.pulls.set(PLACE, {});
  said = fake.conversations;
  said.permissions.set("alice in packit/ogr", "write");
  said.permissions.set("admin in packit/ogr", "admin");
});
afterEach(() => fake.stop());

describe("a comment with a command", () => {
  it.each([
    "alice",
    "admin",
  ])("of %s, who may write, is seen at once, and the cluster is asked", async (author) => {
    const id = said.say(PLACE, author, "/deploy");
    expect(await respond(id)).toBe("failed");
    expect(said.reactionsTo(id)).toEqual(["eyes", "confused"]);
    expect(said.on(PLACE).at(-1)?.body).toContain(REACHED);
  });

  it.each([
    ["reads", "read"],
    ["is unknown", undefined],
    ["has no role", "none"],
  ] as const)("of somebody who only %s is answered once, politely, and does nothing", async (_, permission) => {
    if (permission) said.permissions.set("mallory in packit/ogr", permission);
    const id = said.say(PLACE, "mallory", "/deploy ogr=123");
    for (let times = 0; times < 3; times++) expect(await respond(id)).toBe("done");
    const answers = said.on(PLACE).filter(({ author }) => author === ACCOUNT);
    expect(answers.map(({ body }) => body)).toEqual([
      expect.stringMatching(/Thank you\..*`mallory` may not/s),
    ]);
    expect(said.reactionsTo(id)).toEqual(["eyes", "confused"]);
    const again = said.say(PLACE, "mallory", "/destroy");
    expect(await respond(again)).toBe("done");
    expect(said.reactionsTo(again)).toEqual(["eyes", "confused"]);
    // The answer itself is a comment, which is answered by nothing.
    for (const { id: own } of answers) await respond(own);
    expect(said.on(PLACE)).toHaveLength(3);
  });

  it("of one whose right is in another repository does nothing", async () => {
    said.permissions.set("bob in packit/packit", "admin");
    const id = said.say(PLACE, "bob", "/deploy");
    expect(await respond(id)).toBe("done");
    expect(said.on(PLACE).at(-1)?.body).toContain("`bob` may not");
  });

  it.each<[string, () => number]>([
    ["of a bot", () => said.say(PLACE, "renovate[bot]", "/deploy", "Bot")],
    ["of a bot that may write", () => bot("packit-bot[bot]")],
    ["of this project itself", () => said.say(PLACE, ACCOUNT, "/deploy", "Bot")],
    ["of this project's own person", () => own("robot", "/deploy")],
    ["of a deleted account", () => said.say(PLACE, null, "/deploy")],
    ["that was edited", () => edited(said.say(PLACE, "alice", "/deploy"))],
    ["in a block of code", () => said.say(PLACE, "alice", "```\n/deploy\n```")],
    ["in a quote", () => said.say(PLACE, "alice", "> /deploy\n\nNo.")],
    ["that is another bot's", () => said.say(PLACE, "alice", "/packit build")],
    ["that is gone", () => 5],
  ])("%s does nothing, and is not answered", async (_, make) => {
    const id = make();
    const before = said.comments.length;
    const account = said.account;
    expect(await respond(id, { account })).toBe("done");
    expect(said.reactionsTo(id)).toEqual([]);
    expect(said.comments).toHaveLength(before);
  });

  it("that was answered is not answered again", async () => {
    const id = said.say(PLACE, "alice", "/deploy nope=1");
    expect(await respond(id)).toBe("failed");
    const before = JSON.stringify(said.comments);
    expect(await respond(id)).toBe("done");
    expect(JSON.stringify(said.comments)).toBe(before);
  });

  it("of somebody whom another one answered is answered all the same", async () => {
    const id = said.say(PLACE, "alice", "/deploy");
    said.comments.find((one) => one.id === id)?.reactions.push({ by: "bob", content: "rocket" });
    expect(await respond(id)).toBe("failed");
    expect(said.on(PLACE).at(-1)?.body).toContain(REACHED);
  });

  it("on another pull request than was said is refused", async () => {
    const id = said.say("packit/ogr#124", "alice", "/deploy");
    await expect(respond(id)).rejects.toThrow("is on packit/ogr#124, and not on packit/ogr#123");
    expect(said.reactionsTo(id)).toEqual([]);
  });

  it("that is wrong is told all of it in the status comment, and in no other one", async () => {
    const ids = ["/deploy nope=1\n/extend --by 4", "/deploy --engine apply"].map((body) =>
      said.say(PLACE, "alice", body),
    );
    for (const [i, id] of ids.entries()) {
      expect(await respond(id, { run: i + 1 })).toBe("failed");
      expect(said.reactionsTo(id)).toEqual(["eyes", "confused"]);
    }
    const statuses = said.on(PLACE).filter(({ author }) => author === ACCOUNT);
    expect(statuses).toHaveLength(1);
    const [{ body } = { body: "" }] = statuses;
    expect(body).toContain("--engine cannot be said in a comment");
    // What was said of the older comment is of no use any more.
    expect(body).not.toContain("nope");
    expect(body).toContain("What can be said here");
  });

  it("that is hostile is shown as nothing but code", async () => {
    const hostile = [
      '/deploy "nope```=1"',
      "/deploy nope=<!--x--> --name `@everyone`",
      "/deploy '<!-- section name= run=9 -->=1' @packit/team https://evil.example ![x](y)",
      `/deploy ${"`~".repeat(2000)}=1`,
      "/deploy \u202enope\u0007=1",
    ];
    const id = said.say(PLACE, "alice", hostile.join("\n"));
    expect(await respond(id)).toBe("failed");
    const [{ body } = { body: "" }] = said.on(PLACE).filter(({ author }) => author === ACCOUNT);
    expect(body.length).toBeLessThan(65_536);
    for (const one of ["\u202e", "\u0007"]) expect(body).not.toContain(one);
    expect(outsideOfCode(body)).not.toMatch(/everyone|team|evil|nope|!\[/);
  });
});

describe("GitHub's API in trouble", () => {
  it("where nobody can say who may write lets nobody do anything", async () => {
    const id = said.say(PLACE, "alice", "/deploy");
    said.fails = (_, path) =>
      path.includes("collaborators") ? [502, { message: "Server Error" }] : undefined;
    await expect(respond(id)).rejects.toThrow(EnvironmentError);
    said.fails = (_, path) => (path.includes("collaborators") ? [404, { message: "Not Found" }] : undefined);
    expect(await respond(id)).toBe("done");
  }, 60_000);

  it.each<[string, (path: string, method: string) => boolean]>([
    ["reactions cannot be made", (path, method) => path.endsWith("/reactions") && method === "POST"],
    ["comments cannot be listed", (path, method) => path.endsWith("/comments") && method === "GET"],
    ["comments cannot be made", (path, method) => path.endsWith("/comments") && method === "POST"],
  ])("where %s keeps nobody from anything", async (_, isFailing) => {
    said.fails = (method, path) => (isFailing(path, method) ? LIMITED : undefined);
    const id = said.say(PLACE, "alice", "/deploy");
    const reached: string[] = [];
    expect(await respond(id, { report: (line) => reached.push(line) })).toBe("failed");
    expect(reached.join("\n")).toContain(REACHED);
    const wrong = said.say(PLACE, "alice", "/deploy nope=1");
    expect(await respond(wrong)).toBe("failed");
    const stranger = said.say(PLACE, "mallory", "/deploy");
    for (let times = 0; times < 2; times++) expect(await respond(stranger)).toBe("done");
    // What cannot be seen from a reaction is seen from the answer.
    const answers = said.on(PLACE).filter(({ body }) => body.includes("Thank you"));
    expect(answers.length).toBeLessThan(2);
  });
});

const LIMITED: [number, unknown] = [403, { message: "You have exceeded a secondary rate limit." }];

/** What GitHub would read as more than code: nothing between fences of the same length, and nothing between backticks. */
function outsideOfCode(body: string): string {
  return body.replaceAll(/^(`{3,})text\n.*?^\1$/gms, "").replaceAll(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
}

function bot(login: string): number {
  said.permissions.set(`${login} in packit/ogr`, "write");
  return said.say(PLACE, login, "/deploy", "Bot");
}

function own(login: string, body: string): number {
  said.permissions.set(`${login} in packit/ogr`, "write");
  said.account = login;
  return said.say(PLACE, login, body);
}

function edited(id: number): number {
  const found = said.comments.find((one) => one.id === id);
  if (found) found.updated = new Date(Date.parse(found.created) + 1000).toISOString();
  return id;
}

async function respond(
  id: number,
  { account = ACCOUNT, run = 1, report = (_: string): unknown => undefined } = {},
) {
  const args = { baseUrl: fake.url };
  const conversation = new Conversation(args, OGR, 123);
  const comment = new StickyComment({ conversation, author: account, topic: "test-instance" });
  const response: Response = {
    place: { pool: POOL, root: ROOT },
    conversation,
    board: new StatusBoard({ comment, run, report: () => {}, secrets: [] }),
    reference: "ogr=123",
    pull: await new GitHub(args).pullRequest(OGR, 123),
    account,
    run,
    log: undefined,
    report: (line) => void report(line),
    context: () => Promise.reject(new UserError(REACHED)),
  };
  return respondToComment(response, id);
}
