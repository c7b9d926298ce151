import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { baseOf, formerStacks } from "../../diff/base.ts";
import { stackDiffs } from "../../diff/stack-diff.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import { temporaryFolder } from "../support/folder.ts";

const CLAIM = {
  ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" } },
  spec: { resources: { requests: { storage: "1Gi" } } },
};

let folder: string;
let origin: string;
const gitIn = (cwd: string, ...words: string[]) =>
  execaSync("git", ["-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main", ...words], {
    cwd,
  }).stdout;

/** Commits a file, or that it is gone. */
function commit(file: string, text: string | undefined, cwd = origin): string {
  if (text === undefined) rmSync(join(cwd, file));
  else writeFileSync(join(cwd, file), text, { mode: 0o755 });
  gitIn(cwd, "add", "--all");
  gitIn(cwd, "commit", "--quiet", "--allow-empty", `--message=${file}`);
  return gitIn(cwd, "rev-parse", "HEAD");
}

function clone(...words: string[]): string {
  const to = join(folder, "clone");
  gitIn(folder, "clone", "--quiet", ...words, "--", `file://${origin}`, to);
  return to;
}

beforeEach(() => {
  folder = temporaryFolder();
  origin = join(folder, "origin");
  mkdirSync(origin);
  gitIn(origin, "init", "--quiet");
  commit("one", "1");
});

describe("the commit that a checkout is compared with", () => {
  it("is the one at which its branch began, and what has gone on since is named", async () => {
    const began = commit("two", "2");
    gitIn(origin, "checkout", "--quiet", "-b", "fix");
    commit("three", "3");
    expect(await baseOf(origin, "main")).toEqual({ commit: began });
    gitIn(origin, "checkout", "--quiet", "main");
    commit("four", "4");
    gitIn(origin, "checkout", "--quiet", "fix");
    expect(await baseOf(origin, "main")).toEqual({ commit: began, forkedFrom: "main" });
  });

  it("is the first parent of a merge that a workflow checks out, with that and its parents alone", async () => {
    gitIn(origin, "checkout", "--quiet", "-b", "fix");
    commit("two", "2");
    commit("three", "3");
    gitIn(origin, "checkout", "--quiet", "main");
    const tip = commit("four", "4");
    gitIn(origin, "merge", "--quiet", "--no-ff", "--no-edit", "fix");
    expect(await baseOf(clone("--depth=2"), "HEAD^1")).toEqual({ commit: tip });
  });

  it("may be that of a branch that was only fetched", async () => {
    gitIn(origin, "branch", "fix");
    const at = clone();
    gitIn(at, "checkout", "--quiet", "--detach", "origin/fix");
    gitIn(at, "branch", "--quiet", "-D", "main");
    expect(await baseOf(at, "main")).toEqual({ commit: gitIn(origin, "rev-parse", "main") });
  });
});

describe("whoever compares in a hook of git", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("keeps his index, runs no other hook, and finds this checkout's commits", async () => {
    const first = gitIn(origin, "rev-parse", "HEAD");
    commit("two", "2");
    writeFileSync(join(origin, "three"), "3");
    gitIn(origin, "add", "three");
    const hook = join(origin, ".git", "hooks", "post-checkout");
    mkdirSync(join(origin, ".git", "hooks"), { recursive: true });
    writeFileSync(hook, "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    // As git has set them for a pre-commit hook of a linked worktree.
    vi.stubEnv("GIT_INDEX_FILE", join(origin, ".git", "index"));
    vi.stubEnv("GIT_DIR", join(origin, ".git"));
    expect(await baseOf(origin, "HEAD~1")).toEqual({ commit: first });
    expect(await formerStacks(origin, first)).toEqual(new Map());
    vi.unstubAllEnvs();
    expect(gitIn(origin, "status", "--porcelain")).toBe("A  three");
  });

  it("is told where a checkout lies in another repository", async () => {
    mkdirSync(join(origin, "inner"));
    await expect(baseOf(join(origin, "inner"), "HEAD")).rejects.toThrow("is a folder in another repository");
  });
});

describe("a base that is not there is told of with what gets it", () => {
  it.each([
    ["main", "a clone of one branch", ["--single-branch", "--branch=fix"]],
    ["main", "a shallow clone", ["--depth=1", "--branch=fix"]],
    ["origin/main", "a shallow clone", ["--depth=1", "--branch=fix"]],
  ])("%s in %s", async (base, _, words) => {
    gitIn(origin, "checkout", "--quiet", "-b", "fix");
    commit("two", "2");
    commit("three", "3");
    gitIn(origin, "checkout", "--quiet", "main");
    const began = gitIn(origin, "rev-parse", "HEAD");
    commit("four", "4");
    const at = clone(...words);
    // Each command that is told is given, until there is no more to tell.
    const told: string[] = [];
    const found = async (): Promise<unknown> => {
      try {
        return await baseOf(at, base);
      } catch (error) {
        const [, command = ""] = /: git (fetch .*)$/.exec(String(error)) ?? [];
        expect(error).toBeInstanceOf(UserError);
        expect([command, ...told]).toEqual([...new Set([command, ...told])]);
        told.push(command);
        gitIn(at, ...command.split(" "));
        return found();
      }
    };
    expect(await found()).toEqual({ commit: began, forkedFrom: "origin/main" });
    expect(told[0]).toBe("fetch origin main:refs/remotes/origin/main");
  });

  it.each([
    ["nowhere", "Name another one with --base."],
    ["HEAD~9", "Name another one with --base."],
  ])("as %s, where there is nothing to fetch from", async (base, remedy) => {
    await expect(baseOf(origin, base)).rejects.toThrow(`There is no commit "${base}" here. ${remedy}`);
    await expect(baseOf(origin, base)).rejects.toBeInstanceOf(UserError);
  });

  it("as a commit before those of a shallow clone", async () => {
    commit("two", "2");
    await expect(baseOf(clone("--depth=1"), "HEAD^")).rejects.toThrow("get it: git fetch --unshallow");
  });

  it("as a branch that has nothing in common with this one", async () => {
    gitIn(origin, "checkout", "--quiet", "--orphan", "other");
    commit("two", "2");
    await expect(baseOf(origin, "main")).rejects.toThrow(
      "HEAD has no commit in common with main. Name another",
    );
  });

  it("as no repository at all", async () => {
    const at = temporaryFolder();
    await expect(baseOf(at, "main")).rejects.toThrow(`git finds no repository in ${at}`);
    await expect(baseOf(at, "main")).rejects.toBeInstanceOf(EnvironmentError);
  });
});

/** What the former stack is where `./ops` is this script, or is missing. */
async function former(ops: string | undefined) {
  commit("Pulumi.old.yaml", "");
  commit("package-lock.json", "{}");
  if (ops !== undefined) commit("ops", ops);
  const base = gitIn(origin, "rev-parse", "HEAD");
  return (await formerStacks(origin, base)).get("old");
}

describe("a base of another age", () => {
  it.each([
    ["has no ./ops", undefined, /ENOENT: \.\/ops render/],
    ["has one that fails and says nothing", "#!/bin/sh\nexit 3\n", /exit code 3: \.\/ops render/],
    ["has one that says where it is", '#!/bin/sh\necho "$0: wrong" >&2; exit 1\n', /^\.\/ops: wrong$/],
    ["prints something else", "#!/bin/sh\necho hello\n", /has printed no objects/],
  ])("cannot be rendered where it %s, with why, and no temporary folder", async (_, ops, why) => {
    const found = await former(ops);
    expect(found).toEqual({ wrong: expect.stringMatching(why) });
    expect(JSON.stringify(found)).not.toContain("packit-base-");
    expect(gitIn(origin, "worktree", "list").split("\n")).toHaveLength(1);
  });

  it("cannot be rendered where it has no lockfile, which ends no comparison", async () => {
    commit("Pulumi.old.yaml", "");
    const base = gitIn(origin, "rev-parse", "HEAD");
    commit("Pulumi.old.yaml", undefined);
    const [diff] = await stackDiffs({ root: origin, base });
    expect(diff).toMatchObject({
      ...{ stack: "old", base, state: "unknown" },
      wrong: { side: "base", message: expect.stringContaining("no package-lock.json") },
    });
  });
});

describe("a stack whose file is gone", () => {
  it("has nothing refused, as no `up` runs", async () => {
    const list = JSON.stringify({ items: [CLAIM] });
    await former(`#!/bin/sh\ncat <<'END'\n${list}\nEND\n`);
    commit("Pulumi.old.yaml", undefined);
    const [diff] = await stackDiffs({ root: origin, base: "HEAD^" });
    expect(diff).toMatchObject({ stack: "old", state: "gone" });
    expect(diff?.objects.map(({ what, refused }) => [what, refused])).toEqual([["removed", undefined]]);
  });
});
