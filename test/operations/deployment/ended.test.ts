import { describe, expect, it, onTestFinished } from "vitest";
import { GitHub } from "../../../github/github.ts";
import { hasEnded, WORKFLOW } from "../../../operations/deployment/ended.ts";
import { FakeGitHub } from "../../support/github.ts";

describe("a try of a run", () => {
  it.each([
    [WORKFLOW, "completed", true],
    // So GitHub may write it, with where the workflow is from.
    [`${WORKFLOW}@refs/heads/main`, "completed", true],
    [WORKFLOW, "in_progress", false],
    [WORKFLOW, "queued", false],
    [WORKFLOW, "waiting", false],
    [".github/workflows/other.yml", "completed", false],
    [`${WORKFLOW}.yml`, "completed", false],
  ])("of %s that is %s is an ended one of the workflow's: %s", async (path, status, expected) => {
    const fake = await new FakeGitHub().start();
    onTestFinished(() => fake.stop());
    fake.attempts.set("12/2", { path, status });
    const github = new GitHub({ baseUrl: fake.url });
    const repository = { owner: "packit", name: "deployment" };
    expect(await hasEnded(github, repository, { run: 12, attempt: 2 })).toBe(expected);
    // One that GitHub does not know may be anybody's.
    expect(await hasEnded(github, repository, { run: 12, attempt: 1 })).toBe(false);
  });
});
