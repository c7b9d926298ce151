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

function github(args: { timeoutMs?: number } = {}): GitHub {
  return new GitHub({ baseUrl: fake.url, ...args });
}
