import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { foreignProgram } from "../../operations/test-instances/foreign-program.ts";
import { parseReferences } from "../../operations/test-instances/reference.ts";
import type { Resolved } from "../../operations/test-instances/resolve.ts";
import { makeWorktree, removeWorktree } from "../../operations/test-instances/worktree.ts";
import { evaluationOf } from "../support/evaluation.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK } from "../support/marks.ts";
import { ROOT } from "../support/stacks.ts";

afterEach(() => vi.unstubAllEnvs());

describe("a pull request of this project", () => {
  it("is evaluated from a worktree of its commit, which is removed again", async () => {
    const folder = join(temporaryFolder(), "worktree");
    const sha = git(ROOT, "rev-parse", "HEAD");
    await makeWorktree(ROOT, folder, commit(ROOT, sha));
    try {
      const program = foreignProgram({ folder, sha, report: () => {} });
      expect(program.root).toBe(folder);
      expect((await program.objects(await evaluationOf())).length).toBeGreaterThan(30);
    } finally {
      await removeWorktree(ROOT, folder);
    }
    expect(existsSync(folder)).toBe(false);
    await expect(makeWorktree(ROOT, folder, commit(join(folder, "nowhere"), "0".repeat(40)))).rejects.toThrow(
      "`git fetch --no-tags",
    );
  });

  it("is fetched by its commit, whatever its branch is by then, and no link in it is one", async () => {
    const { theirs, mine } = repositories();
    const secret = join(temporaryFolder(), "secret");
    writeFileSync(secret, "secret");
    symlinkSync(secret, join(theirs, "Pulumi.stage.yaml"));
    const sha = commitAll(theirs);
    git(theirs, "commit", "--quiet", "--amend", "--allow-empty", "--message", "pushed in between");
    const folder = join(temporaryFolder(), "worktree");
    await makeWorktree(mine, folder, commit(theirs, sha));
    expect(git(folder, "rev-parse", "HEAD")).toBe(sha);
    expect(lstatSync(join(folder, "Pulumi.stage.yaml")).isFile()).toBe(true);
    expect(readFileSync(join(folder, "Pulumi.stage.yaml"), "utf8")).toBe(secret);
  });

  const dependency = (spec: string) => ({ "package.json": { dependencies: { a: spec } } });
  const locked = (more: object) => ({
    "package-lock.json": {
      packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "sha512-a", ...more } },
    },
  });
  it.each<readonly [what: string, files: object, said: RegExp]>([
    ["a folder as a package", dependency("file:../.."), /^The package\.json .*"dependencies a"/],
    ["a repository as a package", dependency("git+ssh://git@example.com/a"), /"dependencies a"/],
    ["a repository by its short name", dependency("somebody/a"), /"dependencies a"/],
    ["workspaces", { "package.json": { workspaces: ["../.."] } }, /"workspaces"/],
    ["a link", locked({ link: true }), /^The package-lock\.json .*"packages node_modules\/a"/],
    [
      "a package of another place",
      locked({ resolved: "https://example.com/a.tgz" }),
      /"packages node_modules\/a"/,
    ],
    [
      "a package of a repository",
      locked({ version: "git+ssh://git@example.com/a#1" }),
      /"packages node_modules\/a"/,
    ],
    ["a package of any content", locked({ integrity: undefined }), /"packages node_modules\/a"/],
    ["no list of packages", { "package-lock.json": [] }, /^The package-lock\.json /],
  ])("with %s is refused before npm runs", async (_, files, said) => {
    const { theirs, mine } = repositories();
    const all = { "package.json": {}, "package-lock.json": { packages: { "": {} } }, ...files };
    for (const [name, content] of Object.entries(all))
      writeFileSync(join(theirs, name), JSON.stringify(content));
    const folder = join(temporaryFolder(), "worktree");
    await expect(makeWorktree(mine, folder, commit(theirs, commitAll(theirs)))).rejects.toThrow(said);
  });
});

describe("the packages of a pull request", () => {
  const wanted = {
    "package.json": { dependencies: { a: "1.0.0" }, scripts: { postinstall: "exit 1" } },
    "package-lock.json": {
      packages: { "": {}, "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } },
    },
  };

  it("are fetched by an npm that learns nothing of who deploys, and nothing of the worktree but its lists", async () => {
    vi.stubEnv("GITHUB_TOKEN", `${MARK}-token`);
    const { theirs, mine } = repositories();
    for (const [name, content] of Object.entries(wanted))
      writeFileSync(join(theirs, name), JSON.stringify(content));
    writeFileSync(join(theirs, ".npmrc"), "ignore-scripts=false\ngit=./theirs\n");
    const folder = join(temporaryFolder(), "worktree");
    const said = join(temporaryFolder(), "said");
    stubProgram("npm", `env > ${said}; echo "$@" >> ${said}; ls -A >> ${said}; mkdir node_modules`);
    await makeWorktree(mine, folder, commit(theirs, commitAll(theirs)));
    const text = readFileSync(said, "utf8");
    expect(text).toMatch(/^ci .*--ignore-scripts.*\npackage-lock\.json\npackage\.json\n$/m);
    expect(text).not.toContain(MARK);
    expect(text).not.toContain("GITHUB");
    expect(existsSync(join(folder, "node_modules"))).toBe(true);
  });

  it("are this checkout's where it wants no others: nothing is installed", async () => {
    const { theirs, mine } = repositories();
    stubProgram("npm", "exit 1");
    const folder = join(temporaryFolder(), "worktree");
    await makeWorktree(mine, folder, commit(theirs, commitAll(theirs)));
    expect(lstatSync(join(folder, "node_modules")).isSymbolicLink()).toBe(true);
  });

  it("are not asked for with a question that waits for an answer", async () => {
    const said = join(temporaryFolder(), "said");
    stubProgram("git", `env > ${said}; exit 1`);
    const folder = join(temporaryFolder(), "worktree");
    await expect(makeWorktree(ROOT, folder, commit(ROOT, "0".repeat(40)))).rejects.toThrow(
      "`git worktree prune` failed",
    );
    expect(readFileSync(said, "utf8")).toMatch(/^GIT_TERMINAL_PROMPT=0$/m);
  });
});

/** Puts a program in the place of another one, by its name. */
function stubProgram(name: string, script: string): void {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}

/** A repository of somebody else's, and one that fetches from it. */
function repositories() {
  const [theirs, mine] = [temporaryFolder(), temporaryFolder()];
  for (const folder of [theirs, mine]) {
    git(folder, "init", "--quiet");
    git(folder, "config", "user.email", "me@example.com");
    git(folder, "config", "user.name", "me");
  }
  // Theirs has the packages of mine unless it says otherwise.
  for (const folder of [theirs, mine]) writeFileSync(join(folder, "package-lock.json"), "{}");
  return { theirs, mine };
}

function commitAll(folder: string): string {
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--message", "all");
  return git(folder, "rev-parse", "HEAD");
}

function commit(url: string, sha: string): Resolved {
  const [reference] = parseReferences([`deployment=commit:${sha}`]);
  if (reference === undefined) throw new Error("no reference");
  return { reference, url, sha };
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd, encoding: "utf8" }).trim();
}
