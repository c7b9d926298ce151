import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const PERSON = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];

const { stdout: GIT } = await execa("sh", ["-c", "command -v git"]);

/** A repository on a forge. */
export interface Origin {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  /** Adds a commit with a file of so many random bytes to a branch. */
  commit(file: string, bytes?: number, branch?: string): Promise<void>;
}

/** What repository-cache.py said of a repository, or of the volume. */
export type Line = Readonly<Record<string, unknown>>;

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly lines: readonly Line[];
}

/** A repository with one commit. */
export async function origin(name: string): Promise<Origin> {
  const path = join(temporaryFolder(), `${name}.git`);
  await git(".", "init", "--quiet", "--initial-branch=main", path);
  const commit = async (file: string, bytes = 100, branch = "main") => {
    if (branch !== "main") await git(path, "checkout", "--quiet", "-B", branch);
    writeFileSync(join(path, file), randomBytes(bytes));
    await git(path, "add", ".");
    await git(path, ...PERSON, "commit", "--quiet", "--message", file);
    await git(path, "checkout", "--quiet", "main");
  };
  await commit("first");
  return { name, path, url: `file://${path}`, commit };
}

/** A cache volume, empty at first, and repository-cache.py for it. */
export class Volume {
  readonly path = join(temporaryFolder(), "repository-cache");
  readonly script = join(ROOT, "components/repository-cache/repository-cache.py");

  constructor() {
    mkdirSync(this.path);
  }

  get env() {
    return {
      CACHE_PATH: this.path,
      CACHE_PAUSE_SECONDS: "0",
      CACHE_OUTCOME: join(this.path, "../outcome"),
    };
  }

  /** Starts repository-cache.py; where there is a `shim`, as git that runs its lines before the real one, as `$GIT`. */
  start(args: readonly string[], { shim, input }: { shim?: string; input?: Uint8Array } = {}) {
    const PATH = shim === undefined ? process.env.PATH : `${shimmed(shim)}:${process.env.PATH}`;
    const env = { ...this.env, ...(PATH === undefined ? {} : { PATH }) };
    const stdin = input === undefined ? ({ stdin: "ignore" } as const) : { input };
    return execa("python3", [this.script, ...args], { env, reject: false, ...stdin });
  }

  async run(args: readonly string[], options: { shim?: string; input?: Uint8Array } = {}): Promise<Outcome> {
    const { exitCode, stdout } = await this.start(args, options);
    return { exitCode, lines: linesOf(String(stdout)) };
  }

  fill(...origins: readonly (Origin & { readonly branches?: readonly string[] })[]): Promise<Outcome> {
    return this.run(fillArgs(origins));
  }

  copy(name: string): string {
    return join(this.path, name);
  }
}

export function fillArgs(origins: readonly (Origin & { readonly branches?: readonly string[] })[]): string[] {
  return ["fill", JSON.stringify(origins.map(({ name, url, branches = [] }) => ({ name, url, branches })))];
}

export function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Clones as Packit does: fails unless the clone is whole. Returns how many objects it did not borrow. */
export async function cloneWith(reference: string, url: string): Promise<number> {
  const clone = join(temporaryFolder(), "clone");
  await git(".", "clone", "--quiet", "--reference", reference, url, clone);
  await git(clone, "fsck", "--full", "--no-dangling", "--no-progress");
  const counts = await git(clone, "count-objects", "--verbose");
  const count = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(counts)?.[1]);
  return count("count") + count("in-pack");
}

export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await execa("git", ["-C", folder, ...args]);
  return stdout;
}

function shimmed(lines: string): string {
  const folder = temporaryFolder();
  const shim = join(folder, "git");
  writeFileSync(shim, `#!/bin/bash\nGIT=${GIT}\n${lines}\nexec "$GIT" "$@"\n`);
  chmodSync(shim, 0o755);
  return folder;
}
