import { appendFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];

describe("./ops diff", { timeout: 60_000 }, () => {
  let folder: string;
  const git = (...args: readonly string[]) => execa("git", [...AUTHOR, ...args], { cwd: folder });
  const ops = (...args: readonly string[]) =>
    execa(join(folder, "ops"), ["diff", ...args], { cwd: folder, reject: false });

  beforeEach(async () => {
    folder = join(temporaryFolder(), "checkout");
    // The files as they are here, be they committed or not, as the first commit of a repository of its own.
    const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT });
    await execa("sh", ["-c", 'mkdir -p "$1" && tar --null -T - -cf - | tar -xf - -C "$1"', "sh", folder], {
      cwd: ROOT,
      input: stdout,
    });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    await git("init", "--quiet", "--initial-branch=main");
    // It is a link here, and no folder.
    appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
    await git("add", "--all");
    await git("commit", "--quiet", "--message=base");
  });

  it("says that nothing changes, and what does: also of what is not committed", async () => {
    const same = await ops("stage", "--exit-code");
    expect(same).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^stage, compared with \w{12}: nothing changes\.$/),
    });
    appendFileSync(join(folder, "Pulumi.stage.yaml"), "  packit:withTokman: true\n");
    const changed = await ops("stage", "--exit-code");
    expect(changed.exitCode).toBe(2);
    expect(changed.stdout).toContain("+ Deployment packit--stg/tokman");
    const [json] = JSON.parse((await ops("stage", "--format", "json")).stdout);
    expect(json).toMatchObject({ stack: "stage", state: "changed" });
    expect((await ops("stage", "--format", "html")).stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>$/);
    // No checkout of the base is left.
    expect((await git("worktree", "list")).stdout.split("\n")).toHaveLength(1);
  });

  it("says it of a stack that is new, or was wrong", async () => {
    const text = readFileSync(join(folder, "Pulumi.stage.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.stage.yaml"), `${text}  packit:withTokmann: true\n`);
    await git("commit", "--quiet", "--all", "--message=wrong");
    writeFileSync(join(folder, "Pulumi.stage.yaml"), text);
    const wrong = await ops("stage");
    expect(wrong.stdout).toMatch(/it cannot be rendered there[\s\S]*packit:withTokmann/);
    await git("rm", "--quiet", "--cached", "Pulumi.stage.yaml");
    await git("commit", "--quiet", "--message=gone");
    expect((await ops("stage")).stdout).toMatch(/a new stack of \d+ objects/);
  });

  it("says it of a stack that is gone, or wrong now, and of all stacks where none is named", async () => {
    await git("rm", "--quiet", "Pulumi.fedora-ci-stage.yaml");
    appendFileSync(join(folder, "Pulumi.prod.yaml"), "  packit:withTokmann: true\n");
    const { exitCode, stdout } = await ops("--exit-code");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^fedora-ci, compared with \w{12}: nothing changes\./m);
    expect(stdout).toMatch(/^fedora-ci-stage, compared with \w{12}: its file is gone/m);
    expect(stdout).toMatch(
      /^prod, [^\n]*cannot be rendered here[\s\S]*Pulumi\.prod\.yaml:\d+ {2}packit:withTokmann/m,
    );
    expect((await ops("fedora-ci-stag")).stderr).toContain("There are: fedora-ci, prod, stage.");
  });

  it("refuses a base that there is not, by what to do", async () => {
    const { exitCode, stderr } = await ops("stage", "--base", "nowhere");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no commit "nowhere" here.');
  });
});
