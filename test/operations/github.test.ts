import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { FakeGitHub, type OddAnswer } from "../support/github.ts";

const OGR = { owner: "packit", name: "ogr" };

let fake: FakeGitHub;

beforeEach(async () => {
  fake = await new FakeGitHub().start();
  fake.pulls.set("packit/ogr#123", { labels: ["keep"] });
});
afterEach(() => fake.stop());

describe("GitHub", () => {
  it("tells what a pull request is, and what a branch stands for", async () => {
    expect(await github().pullRequest(OGR, 123)).toEqual({
      isOpen: true,
      isMerged: false,
      sha: FakeGitHub.sha("packit/ogr#123"),
      owner: "packit",
      labels: ["keep"],
    });
    expect(await github().branch(OGR, "fix/one")).toBe(FakeGitHub.sha("packit/ogr@fix/one"));
  });

  it("has no such pull request or branch: the user's error", async () => {
    await expect(github().pullRequest(OGR, 5)).rejects.toThrow(
      new UserError("There is no pull request 5 in packit/ogr, or the token may not see it."),
    );
    await expect(github().branch(OGR, "missing")).rejects.toThrow("There is no branch missing in packit/ogr");
  });

  it.each([
    ["limited", /rate limit is reached\. Try again after 2030-03-17T/],
    ["broken", /answered 502 for pull request 123 in packit\/ogr/],
    ["silent", /cannot be asked for pull request 123|does not answer for pull request 123/],
  ] as const)("that is %s is the environment's error, and says so", async (mood, message) => {
    fake.mood = mood;
    const asked = github({ timeoutMs: mood === "silent" ? 300 : 15_000 }).pullRequest(OGR, 123);
    await expect(asked).rejects.toThrow(message);
    await expect(asked).rejects.toBeInstanceOf(EnvironmentError);
  });

  it("that cannot be reached is the environment's error, and says so", async () => {
    const asks = github();
    await fake.stop();
    const asked = asks.pullRequest(OGR, 123);
    await expect(asked).rejects.toThrow(/GitHub \(127\.0\.0\.1:\d+\) (cannot be asked|does not answer)/);
    await expect(asked).rejects.toBeInstanceOf(EnvironmentError);
    fake = await new FakeGitHub().start();
  });
});

describe("what is no answer of GitHub's", () => {
  const WORKFLOW = "test-image.yml";
  const questions: Record<string, () => Promise<unknown>> = {
    pull: () => github().pullRequest(OGR, 123),
    branch: () => github().branch(OGR, "main"),
    commit: () => github().commit(OGR, "abcdef0"),
    run: () => github().run(OGR, WORKFLOW, "title"),
    dispatch: () => github().dispatch(OGR, WORKFLOW, {}),
    log: () => github().failedLog(OGR, 1, 5),
  };

  it.each<[string, OddAnswer]>([
    ["a page", { status: 200, text: "<!doctype html><title>Log in</title>\n<p>x" }],
    ["a page called JSON", { status: 200, type: "application/json", text: "<html>" }],
    ["half of an answer", { status: 200, type: "application/json", text: '{"state":"op' }],
    ["nothing", { status: 200, type: "application/json", text: "" }],
    ["null", { status: 200, type: "application/json", text: "null" }],
    ["a list", { status: 200, type: "application/json", text: "[]" }],
    ["something else", { status: 200, type: "application/json", text: '{"message":"ok"}' }],
    ["other types", { status: 200, type: "application/json", text: '{"state":1,"head":[],"labels":{}}' }],
    ["bytes", { status: 200, type: "application/octet-stream", text: "\u0000" }],
    ["a type that is none", { status: 200, type: ";;", text: "{}" }],
    ["a page of a proxy", { status: 404, text: "<html>not here</html>" }],
    ["a page of a login", { status: 403, text: `<html>${"x".repeat(5000)}` }],
  ])("is the environment's error as %s, in one line, whatever was asked", async (_, odd) => {
    fake.odd = odd;
    for (const [name, ask] of Object.entries(questions)) {
      const error = await ask().catch((caught: unknown) => caught);
      expect(error, name).toBeInstanceOf(EnvironmentError);
      const { message } = error as Error;
      expect(message, name).toMatch(/^GitHub \(127\.0\.0\.1:\d+\) [^\n<]{1,400}$/);
    }
  });

  it("of any JSON at all ends in words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.constantFrom(200, 201, 204, 404, 422), async (text, status) => {
        fake.odd = { status, type: "application/json", text: status === 204 ? "" : text };
        for (const ask of [questions.pull, questions.run]) {
          const error = await ask?.().catch((caught: unknown) => caught);
          const isKnown = error instanceof EnvironmentError || error instanceof UserError;
          expect(isKnown || Array.isArray(error) || error === undefined, String(error)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("among runs leaves the others to be found", async () => {
    const good = {
      id: 5,
      display_title: "mine",
      html_url: "https://x/5",
      created_at: "2026-11-20T10:00:00Z",
      status: "queued",
      conclusion: null,
    };
    const text = JSON.stringify({ workflow_runs: [null, { id: "x" }, good] });
    fake.odd = { status: 200, type: "application/json", text };
    expect(await github().run(OGR, WORKFLOW, "mine")).toMatchObject({ id: 5, status: "queued" });
  });
});

describe("GitHub's limits", () => {
  const SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes.";
  it.each<[string, number, string, Record<string, string>, RegExp]>([
    ["a number", 403, SECONDARY, { "retry-after": "42", "x-ratelimit-remaining": "59" }, / 42 s\.$/],
    ["nothing", 403, SECONDARY, { "x-ratelimit-remaining": "59" }, / 60 s\.$/],
    [
      "a number beside the hour's",
      429,
      "slow",
      { "retry-after": "7", "x-ratelimit-remaining": "0" },
      / 7 s\.$/,
    ],
    ["a day that is over", 429, "slow", { "retry-after": "Thu, 01 Jan 2026 00:00:00 GMT" }, / 1 s\.$/],
    ["nonsense", 429, "slow", { "retry-after": "soon" }, / 60 s\.$/],
    [
      "the hour",
      403,
      "API rate limit exceeded",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1900000000" },
      /Try again after 2030-03-17T/,
    ],
    [
      "an hour without a time",
      403,
      "API rate limit exceeded",
      { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "never" },
      /Try again in an hour/,
    ],
  ])("that say %s tell how long to wait, advise a token only where there is none, and are met once", async (...args) => {
    const [, status, message, headers, wait] = args;
    for (const token of [undefined, "ghp_0123"]) {
      fake.odd = { status, type: "application/json", text: JSON.stringify({ message }), headers };
      fake.asked.length = 0;
      const asked = github(token === undefined ? {} : { token }).pullRequest(OGR, 123);
      await expect(asked).rejects.toThrow(EnvironmentError);
      await expect(asked).rejects.toThrow(wait);
      const { message: said } = (await asked.catch((error: Error) => error)) as Error;
      expect(said.includes("GITHUB_TOKEN")).toBe(
        token === undefined &&
          headers["x-ratelimit-remaining"] === "0" &&
          headers["retry-after"] === undefined,
      );
      expect(fake.asked).toHaveLength(1);
    }
  });
});

describe("GITHUB_TOKEN", () => {
  it.each([
    ["a line end", "ghp_0123\nabcdefgh"],
    ["a line end of DOS", "ghp_0123\r\nabcdefgh"],
    ["a no-break space", "ghp_0123abcd\u00a0"],
    ["a space of no width", "\u200bghp_0123abcd"],
    ["a space", "Bearer ghp_0123abcd"],
    ["a letter that is not ASCII", "ghp_0123abcdé"],
    ["a NUL", "ghp_0123\u0000abcdefgh"],
    ["nothing but spaces", "  \n"],
  ])("with %s in it is refused before GitHub is asked, and not shown", (_, token) => {
    expect(() => github({ token })).toThrow(UserError);
    expect(() => github({ token })).toThrow(/^GITHUB_TOKEN is a value/);
    expect(() => github({ token })).not.toThrow(/ghp_|0123|abcd/);
  });

  it("may end with what a shell or an editor leaves there", async () => {
    await github({ token: "ghp_0123abcd\r\n" }).pullRequest(OGR, 123);
    expect(fake.tokens.at(-1)).toBe("token ghp_0123abcd");
  });

  it("of whatever characters is either sent or refused, and in neither case shown", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 8, maxLength: 20 }), async (token) => {
        const asked = async () => github({ token: `MARKED${token}` }).pullRequest(OGR, 5);
        const { message } = (await asked().catch((error: Error) => error)) as Error;
        expect(message).toMatch(/^(GITHUB_TOKEN is|There is no pull request 5)/);
        expect(message).not.toContain("MARKED");
      }),
      { numRuns: 40 },
    );
  });
});

describe("GITHUB_API_URL", () => {
  it.each([
    "api.github.com",
    "https://user:password@api.github.com",
    "ftp://api.github.com",
    "https://",
  ])("is refused as %s, and no password in it is shown", (baseUrl) => {
    expect(() => new GitHub({ baseUrl })).toThrow("GITHUB_API_URL is no http or https address");
    expect(() => new GitHub({ baseUrl })).not.toThrow(/password/);
  });
});

function github(args: { timeoutMs?: number; token?: string } = {}): GitHub {
  return new GitHub({ baseUrl: fake.url, ...args });
}
