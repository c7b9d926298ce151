import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EnvironmentError, UserError } from "../../errors.ts";
import { GitHub } from "../../github/github.ts";
import { FakeGitHub } from "../support/github.ts";

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
