import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import { pause } from "../../cluster/until.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "../../system/git-environment.ts";
import { makeFolder } from "../../system/make-folder.ts";

/** A commit, as a list shows it. */
export interface Commit {
  readonly sha: string;
  readonly title: string;
  /** The pull request that it is of, where its message tells. */
  readonly pull?: number;
}

export interface PushArgs {
  readonly sha: string;
  readonly branch: string;
  /** The commit that the branch must be at: somebody else's change is never overwritten. */
  readonly from: string;
  /** Whether commits of the branch may be lost. @default false */
  readonly isForced?: boolean;
  readonly isDry?: boolean;
}

/** A repository elsewhere, with a bare clone of it here. Who may push is git's own configuration. */
export class Clone {
  readonly #folder: string;
  readonly #remote: string;
  readonly #name: string;
  readonly #signal: AbortSignal;

  constructor(args: { folder: string; remote: string; name: string; signal: AbortSignal }) {
    this.#folder = args.folder;
    this.#remote = args.remote;
    this.#name = args.name;
    this.#signal = args.signal;
  }

  /** Brings branches here up to date; a UserError where there is no such branch. */
  async fetch(...branches: readonly string[]): Promise<void> {
    if (!existsSync(`${this.#folder}/HEAD`)) {
      makeFolder(dirname(this.#folder), 0o700);
      const { failed, stderr } = await this.#run(["init", "--quiet", "--bare", "--", this.#folder]);
      if (failed) throw new EnvironmentError(`git cannot make ${this.#folder}: ${last(stderr)}`);
    }
    const refs = branches.map((branch) => `+refs/heads/${branch}:refs/heads/${branch}`);
    const { failed, stderr } = await this.#unlocked([
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-auto-gc",
      "--",
      this.#remote,
      ...refs,
    ]);
    if (!failed) return;
    const missing = /couldn't find remote ref refs\/heads\/(\S+)/.exec(stderr)?.[1];
    if (missing !== undefined)
      throw new UserError(`${this.#name} has no branch ${missing} (${this.#remote}).`);
    throw new EnvironmentError(`git cannot fetch ${this.#name} from ${this.#remote}: ${last(stderr)}`);
  }

  /** The commit that a branch is at there, now. */
  async remoteHead(branch: string): Promise<string | undefined> {
    const ref = `refs/heads/${branch}`;
    const { failed, stdout, stderr } = await this.#in(["ls-remote", "--", this.#remote, ref]);
    if (failed) throw new EnvironmentError(`git cannot ask ${this.#remote} for ${branch}: ${last(stderr)}`);
    return /^[0-9a-f]{40,64}/.exec(stdout)?.[0];
  }

  /** The whole name of a commit; nothing if there is none by that name. */
  async commit(name: string): Promise<string | undefined> {
    const words = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
    const { failed, stdout } = await this.#in(words);
    return failed ? undefined : stdout.trim();
  }

  /** Whether all of `older` is in `newer`. */
  async contains(newer: string, older: string): Promise<boolean> {
    const { exitCode } = await this.#in(["merge-base", "--is-ancestor", "--end-of-options", older, newer]);
    return exitCode === 0;
  }

  /** The commits of `newer` that `older` lacks, newest first; of merged branches only the merge. */
  async between(older: string, newer: string): Promise<Commit[]> {
    const format = "--format=%H%x1f%s%x1f%b%x1e";
    const words = ["log", "--first-parent", format, "--end-of-options", `${older}..${newer}`, "--"];
    const { stdout, failed, stderr } = await this.#in(words);
    if (failed) throw new EnvironmentError(`git cannot list commits of ${this.#name}: ${last(stderr)}`);
    return stdout
      .split("\x1e")
      .map((one) => one.trim())
      .filter((one) => one !== "")
      .map(commitOf);
  }

  /** Of the commits of `branch` that `other` lacks, those whose change `other` has as another commit. */
  async picked(other: string, branch: string): Promise<string[]> {
    const { stdout } = await this.#in(["cherry", "--end-of-options", other, branch]);
    return stdout.split("\n").flatMap((line) => (line.startsWith("- ") ? line.slice(2) : []));
  }

  /** Moves a branch there from one commit to another, and fails if it is at any other, or would lose any commit. */
  async push({ sha, branch, from, isForced = false, isDry = false }: PushArgs): Promise<void> {
    // That the branch is at that commit is seen to by the lease.
    if (!isForced && !(await this.contains(sha, from)))
      throw new UserError(
        `${branch} of ${this.#name} would lose commits if it was moved from ${from.slice(0, 10)} to ${sha.slice(0, 10)}. Nothing is overwritten.`,
      );
    const { failed, stderr, stdout } = await this.#unlocked([
      ...["push", "--porcelain", ...(isDry ? ["--dry-run"] : [])],
      `--force-with-lease=refs/heads/${branch}:${from}`,
      "--",
      this.#remote,
      `${sha}:refs/heads/${branch}`,
    ]);
    if (!failed) return;
    if (/stale info|fetch first|cannot lock ref/.test(`${stdout}${stderr}`)) {
      const now = (await this.remoteHead(branch).catch(() => undefined))?.slice(0, 10) ?? "elsewhere";
      throw new UserError(
        `${branch} of ${this.#name} was at ${from.slice(0, 10)} and is at ${now}: somebody has moved it meanwhile. Nothing is overwritten. Look at it, then go on.`,
      );
    }
    throw new EnvironmentError(
      `git cannot push ${branch} of ${this.#name} to ${this.#remote}: ${last(stderr)}. Check your right to push, and git's credentials.`,
    );
  }

  /** A file of a commit, or nothing where it has none. */
  async file(commit: string, path: string): Promise<string | undefined> {
    const { failed, stdout } = await this.#in(["show", "--end-of-options", `${commit}:${path}`]);
    return failed ? undefined : stdout;
  }

  /** The commits that a commit's submodules are at, by their paths. */
  async submodules(commit: string): Promise<Map<string, string>> {
    const { stdout } = await this.#in(["ls-tree", "-r", "-z", "--end-of-options", commit]);
    const lines = stdout.split("\0").flatMap((line) => /^160000 commit (\S+)\t(.+)$/.exec(line) ?? []);
    const found = new Map<string, string>();
    for (let i = 0; i + 2 < lines.length; i += 3) found.set(lines[i + 2] ?? "", lines[i + 1] ?? "");
    return found;
  }

  /** A commit on top of another one with submodules at other commits. The same is asked for, the same comes. */
  async commitSubmodules(args: {
    parent: string;
    moved: Readonly<Record<string, string>>;
    message: string;
    at: Date;
  }): Promise<string> {
    const { parent, moved, message, at } = args;
    const date = `${Math.floor(at.getTime() / 1000)} +0000`;
    const env = {
      GIT_INDEX_FILE: `${this.#folder}/index-${process.pid}`,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    const changes = Object.entries(moved).map(([path, sha]) => `160000 ${sha}\t${path}\n`);
    await this.#must(["read-tree", "--end-of-options", parent], { env });
    await this.#must(["update-index", "--index-info"], { env, input: changes.join("") });
    const tree = await this.#must(["write-tree"], { env });
    return this.#must(["commit-tree", "-p", parent, "-F", "-", "--end-of-options", tree], {
      env,
      input: message,
    });
  }

  async #must(words: readonly string[], options: { env?: Record<string, string>; input?: string }) {
    const { failed, stdout, stderr } = await this.#in(words, options);
    if (failed) throw new EnvironmentError(`git ${words[0]} of ${this.#name} fails: ${last(stderr)}`);
    return stdout.trim();
  }

  /** Runs git again while another one, of a run that was killed, still holds a lock. */
  async #unlocked(words: readonly string[]) {
    for (let tries = 1; ; tries++) {
      const result = await this.#in(words);
      const isLocked = /\.lock': File exists|cannot lock ref/.test(`${result.stdout}${result.stderr}`);
      if (!result.failed || !isLocked || tries >= LOCK_TRIES) return result;
      await pause(LOCK_MS, this.#signal);
    }
  }

  #in(words: readonly string[], options: { env?: Record<string, string>; input?: string } = {}) {
    return this.#run(["--git-dir", this.#folder, ...words], options);
  }

  async #run(
    words: readonly string[],
    { env, input }: { env?: Record<string, string>; input?: string } = {},
  ) {
    const result = await execa("git", [...words], {
      reject: false,
      cancelSignal: this.#signal,
      // Nobody is asked for a password: who may push is configured before.
      env: { ...WITHOUT_CALLERS_REPOSITORY, ...env, GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    });
    this.#signal.throwIfAborted();
    if (result.code === "ENOENT") throw new EnvironmentError("There is no git on PATH. Install it.");
    return { ...result, stdout: String(result.stdout ?? ""), stderr: String(result.stderr ?? "") };
  }
}

/** How often git is run while something is locked, and the pause between, in milliseconds. */
const LOCK_TRIES = 10;
const LOCK_MS = 300;

function commitOf(text: string): Commit {
  const [sha = "", subject = "", body = ""] = text.split("\x1f");
  const merge = /^Merge pull request #(\d+) /.exec(subject)?.[1];
  const squash = /\(#(\d+)\)$/.exec(subject)?.[1];
  const pull = Number(merge ?? squash ?? 0);
  const title = merge === undefined ? subject : (body.trim().split("\n")[0] ?? "") || subject;
  return { sha, title, ...(pull > 0 && { pull }) };
}

function last(stderr: string): string {
  const lines = stderr.trim().split("\n");
  return lines.find((line) => /^(fatal|error|remote): /.test(line)) ?? lines.at(-1) ?? "it does not say why";
}
