import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { ROOT } from "../stacks.ts";

/** What a remote does after a push but for what it is asked for would only take time. */
const NO_GC = "[receive]\n\tautogc = false\n";

const AUTHOR = {
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.com",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};

/** The repositories of a release that is tried: libraries below, images above. */
export const NAMES = ["ogr", "packit", "packit-service"] as const;

export type Name = (typeof NAMES)[number];

/** A push that a remote has accepted. */
export interface Push {
  readonly repository: string;
  readonly ref: string;
  readonly old: string;
  readonly new: string;
}

/** Bare repositories, which write down each push that they accept. */
export class Remotes {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Each with a branch main that is two merged pull requests before stable. */
  static in(folder: string): Remotes {
    mkdirSync(folder, { recursive: true });
    cpSync(template(), folder, { recursive: true });
    const remotes = new Remotes(folder);
    for (const name of [...NAMES, "production-monorepo"]) {
      remotes.#log(name);
      appendFileSync(join(remotes.path(name), "config"), NO_GC);
    }
    return remotes;
  }

  path(name: string): string {
    return join(this.folder, `${name}.git`);
  }

  head(name: string, branch: string): string {
    // Nothing packs the references of these repositories, and to start git for each look at one takes long.
    return readFileSync(join(this.path(name), "refs", "heads", branch), "utf8").trim();
  }

  /** All pushes that were accepted, those to nowhere else left out. */
  get pushes(): Push[] {
    const path = join(this.folder, "pushes.log");
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").trim().split("\n");
    return lines
      .filter((line) => line !== "")
      .map((line) => {
        const [repository = "", old = "", now = "", ref = ""] = line.split(" ");
        return { repository, ref, old, new: now };
      });
  }

  /** The commits of the monorepo's submodules. */
  get submodules(): Record<string, string> {
    const text = git(["--git-dir", this.path("production-monorepo"), "ls-tree", "main"]);
    const found = [...text.matchAll(/^160000 commit (\S+)\t(.+)$/gm)];
    return Object.fromEntries(found.map(([, sha, path]) => [path, sha]));
  }

  /** Moves a branch, as somebody does who rewrites it. */
  move(name: string, branch: string, to: string): void {
    git(["--git-dir", this.path(name), "update-ref", `refs/heads/${branch}`, to]);
  }

  /** Merges a branch to main that began where stable is, and returns the commit of its change. */
  mergeOld(name: string, stable: string): string {
    const dir = ["--git-dir", this.path(name)];
    const tree = `${stable}^{tree}`;
    const change = git([...dir, "commit-tree", tree, "-p", stable, "-m", "Change of an old branch"]);
    const merge = [
      "-p",
      this.head(name, "main"),
      "-p",
      change,
      "-m",
      "Merge pull request #99 from a/b\n\nChange",
    ];
    this.move(name, "main", git([...dir, "commit-tree", tree, ...merge]));
    return change;
  }

  /** A commit on a branch, made by somebody else. */
  commit(name: string, branch: string, title: string): string {
    const dir = ["--git-dir", this.path(name)];
    const parent = this.head(name, branch);
    const blob = git([...dir, "hash-object", "-w", "--stdin"], title);
    const tree = git([...dir, "mktree"], `100644 blob ${blob}\tfile\n`);
    const sha = git([...dir, "commit-tree", tree, "-p", parent, "-m", title]);
    git([...dir, "update-ref", `refs/heads/${branch}`, sha]);
    return sha;
  }

  /** Runs a script of a shell in a remote after it has accepted a push, once. */
  afterPush(name: string, script: string): void {
    writeFileSync(join(this.path(name), "once.sh"), script);
  }

  /** Takes back what {@link afterPush} has asked for, where nothing was pushed. */
  forget(): void {
    for (const name of [...NAMES, "production-monorepo"])
      rmSync(join(this.path(name), "once.sh"), { force: true });
  }

  /** Has a remote refuse all pushes. */
  refuse(name: string): void {
    const hook = join(this.path(name), "hooks", "pre-receive");
    writeFileSync(hook, "#!/bin/sh\necho 'Permission denied' >&2\nexit 1\n");
    chmodSync(hook, 0o755);
  }

  #log(name: string): void {
    const hooks = join(this.path(name), "hooks");
    mkdirSync(hooks, { recursive: true });
    const log = join(this.folder, "pushes.log");
    appendFileSync(log, "");
    const script = [
      "#!/bin/sh",
      `while read -r old new ref; do echo "${name} $old $new $ref" >> '${log}'; done`,
      "if [ -e once.sh ]; then mv once.sh once.done; sh once.done; fi",
    ];
    const hook = join(hooks, "post-receive");
    writeFileSync(hook, `${script.join("\n")}\n`);
    chmodSync(hook, 0o755);
  }
}

function git(words: readonly string[], input?: string): string {
  const { stdout } = execaSync("git", [...words], { env: AUTHOR, ...(input !== undefined && { input }) });
  return stdout.trim();
}

/** Made once for all runs of tests, until this file is changed, and copied: git is slow to start. */
function template(): string {
  const version = createHash("sha256")
    .update(readFileSync(import.meta.filename))
    .digest("hex")
    .slice(0, 12);
  const made = join(ROOT, ".local", `test-remotes-${version}`);
  if (existsSync(made)) return made;
  // Others may do the same at the same time.
  mkdirSync(join(ROOT, ".local"), { recursive: true });
  const folder = mkdtempSync(`${made}-`);
  const stable = NAMES.map((name, i) => repository(folder, name, i));
  const dir = ["--git-dir", join(folder, "production-monorepo.git")];
  git(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", dir[1] ?? ""]);
  const modules = NAMES.map(
    (name) => `[submodule "${name}"]\n\tpath = ${name}\n\turl = https://example.com/${name}\n`,
  );
  const blob = git([...dir, "hash-object", "-w", "--stdin"], modules.join(""));
  const links = NAMES.map((name, i) => `160000 commit ${stable[i]}\t${name}\n`);
  const tree = git([...dir, "mktree", "--missing"], `100644 blob ${blob}\t.gitmodules\n${links.join("")}`);
  git([...dir, "update-ref", "refs/heads/main", git([...dir, "commit-tree", tree, "-m", "init"])]);
  try {
    renameSync(folder, made);
  } catch {
    rmSync(folder, { recursive: true });
  }
  return made;
}

function repository(folder: string, name: string, i: number): string {
  const dir = ["--git-dir", join(folder, `${name}.git`)];
  git(["init", "--quiet", "--bare", "--initial-branch=main", "--template=", dir[1] ?? ""]);
  const tree = git([...dir, "mktree"], "");
  let sha = git([...dir, "commit-tree", tree, "-m", `start of ${name}`]);
  git([...dir, "update-ref", "refs/heads/stable", sha]);
  const first = sha;
  for (const number of [i * 10 + 1, i * 10 + 2]) {
    const message = `Merge pull request #${number} from somebody/fix\n\nChange ${number} of ${name}`;
    sha = git([...dir, "commit-tree", tree, "-p", sha, "-m", message]);
  }
  git([...dir, "update-ref", "refs/heads/main", sha]);
  return first;
}
