import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Checkout, checkout } from "../support/checkout.ts";

describe("./ops diff", () => {
  let folder: string;
  let git: Checkout["git"];
  let ops: Checkout["ops"];

  let reset: Checkout["reset"];
  const place = mkdtempSync(join(tmpdir(), "packit-test-"));

  beforeAll(async () => {
    const made = await checkout(place, ["fedora-ci", "prod", "stage"]);
    ({ folder, git, reset } = made);
    ops = (...args) => made.ops("diff", ...args);
  }, 60_000);
  afterEach(() => reset());
  afterAll(() => rmSync(place, { recursive: true }));

  it("says that nothing changes, and what does: also of what is not committed", async () => {
    // What is named twice is told once.
    const same = await ops("stage", "stage", "--exit-code", "--format", "json");
    const [json, ...others] = JSON.parse(same.stdout);
    expect([same.exitCode, others]).toEqual([0, []]);
    expect(json).toMatchObject({ stack: "stage", state: "same", objects: [] });
    appendFileSync(join(folder, "Pulumi.stage.yaml"), "  packit:withTokman: true\n");
    const changed = await ops("stage", "--exit-code");
    expect(changed.exitCode).toBe(2);
    expect(changed.stdout).toContain("+ Deployment packit--stg/tokman");
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
    await git("rm", "--quiet", "Pulumi.fedora-ci.yaml");
    appendFileSync(join(folder, "Pulumi.prod.yaml"), "  packit:withTokmann: true\n");
    const { exitCode, stdout } = await ops("--exit-code");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^stage, compared with \w{12}: nothing changes\.$/m);
    expect(stdout).toMatch(/^fedora-ci, compared with \w{12}: its file is gone/m);
    expect(stdout).toMatch(
      /^prod, [^\n]*cannot be rendered here[\s\S]*Pulumi\.prod\.yaml:\d+ {2}packit:withTokmann/m,
    );
    expect((await ops("sage")).stderr).toContain("There are: prod, stage.");
  });

  it("leaves no checkout of the base where it is stopped", async () => {
    // A base that cannot mask its secrets is asked once more without.
    writeFileSync(join(folder, "ops"), '#!/bin/sh\ncase "$*" in *masked*) kill -INT $PPID ;; esac\nexit 1\n');
    await git("commit", "--quiet", "--all", "--message=stops");
    await git("checkout", "--quiet", "HEAD^", "--", "ops");
    const { exitCode, stdout, stderr } = await ops("stage", "--base=HEAD");
    expect([exitCode, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("Stopped. Nothing is changed.");
    expect((await git("worktree", "list")).stdout.split("\n")).toHaveLength(1);
  });

  it("refuses a base that there is not, by what to do", async () => {
    const { exitCode, stderr } = await ops("stage", "--base", "nowhere");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no commit "nowhere" here.');
  });
});
