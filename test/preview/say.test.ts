import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LONGEST_PREVIEW } from "../../preview/say.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeGitHub } from "../support/github.ts";
import { ROOT } from "../support/stacks.ts";

const SHA = "c0ffee".padEnd(40, "0");
const URL = "https://github.com/packit/deployment/actions/runs/8";

/** GitHub's event of a run of the preview. */
const event = (action: string, run: object = {}) => ({
  action,
  repository: { full_name: "packit/deployment" },
  workflow_run: {
    id: 8,
    run_attempt: 1,
    html_url: URL,
    head_sha: SHA,
    head_branch: "fix",
    head_repository: { owner: { login: "mallory" } },
    conclusion: action === "completed" ? "success" : null,
    ...run,
  },
});

describe("./ops preview comment", () => {
  let github: FakeGitHub;
  let folder: string;
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const comment = (said: object, ...words: readonly string[]) =>
    execa(
      join(ROOT, "ops"),
      ["preview", "comment", "--event", file("event.json", JSON.stringify(said)), ...words],
      {
        env: { GITHUB_API_URL: github.url, GITHUB_TOKEN: "MARKED-token" },
        reject: false,
      },
    );
  const texts = () => github.conversations.comments.map(({ body }) => body.split("\n").slice(1).join("\n"));

  beforeEach(async () => {
    folder = temporaryFolder();
    github = await new FakeGitHub().start();
    github.heads.push({ number: 7, account: "mallory", branch: "fix", sha: SHA });
  });
  afterEach(() => github.stop());

  it("says at once that there will be one, and then what it is, as it is", async () => {
    await comment(event("requested"));
    expect(texts()).toEqual([`The preview of <code>c0ffee000000</code> is being made: [its run](${URL}).`]);
    const text = "### Anything\n\n<details>\n```` @all\n";
    const { exitCode, stderr } = await comment(event("completed"), "--from", file("comment.md", text));
    expect(exitCode).toBe(0);
    expect(stderr).toContain("packit/deployment/pull/7#issuecomment-");
    expect(texts()).toEqual([text]);
    // The message of the begin comes late.
    await comment(event("requested"));
    expect(texts()).toEqual([text]);
  });

  it("says of which commit there is none, with the run, if its file is no text of a comment", async () => {
    const secret = file("secret", "MARKED");
    symlinkSync(secret, join(folder, "link"));
    const files = [
      join(folder, "missing"),
      join(folder, "link"),
      folder,
      file("empty", ""),
      file("long", "x".repeat(LONGEST_PREVIEW + 1)),
    ];
    for (const from of files) {
      await comment(event("completed", { conclusion: "failure" }), "--from", from);
      expect(texts()).toEqual([
        `There is no preview of <code>c0ffee000000</code>: [its run](${URL}) has ended without one (<code>failure</code>).`,
      ]);
    }
  });

  it("has room for the longest text", async () => {
    const text = "x".repeat(LONGEST_PREVIEW);
    const { exitCode, stdout } = await comment(event("completed"), "--from", file("comment.md", text));
    expect([exitCode, stdout, texts()]).toEqual([0, "", [text]]);
  });

  it.each([
    [
      "its head is another commit by now",
      () => Object.assign(github.heads[0] ?? {}, { sha: "f".repeat(40) }),
    ],
    ["it is of another account", () => Object.assign(github.heads[0] ?? {}, { account: "somebody" })],
    ["it is closed", () => github.heads.pop()],
  ])("says nothing where there is no such pull request: %s", async (_, change) => {
    change();
    const { exitCode, stderr } = await comment(event("completed"));
    expect([exitCode, stderr, texts()]).toEqual([0, "No open pull request has this commit at its head.", []]);
  });

  it("says nothing where the fork is gone", async () => {
    expect((await comment(event("completed", { head_repository: null }))).exitCode).toBe(0);
    expect(github.asked).toEqual([]);
  });

  it("only warns where GitHub does not take it, without the token", async () => {
    github.conversations.fails = () => [403, { message: "Resource not accessible\nby integration" }];
    const { exitCode, stdout, stderr } = await comment(event("completed"));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^::warning::GitHub [^\n]*Resource not accessible[^\n]*$/);
    expect(stdout + stderr).not.toContain("MARKED");
  });

  it("refuses another event in one line", async () => {
    const { exitCode, stderr } = await comment({ action: "opened" });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/event\.json is no event of a workflow's run: action\. Give GITHUB_EVENT_PATH/);
  });
});
