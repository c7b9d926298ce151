import { existsSync, globSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { EnvironmentError, explain, UserError } from "../../errors.ts";
import { evaluate } from "../../render/evaluate.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import type { Resolved } from "./resolve.ts";

/** What turns a configuration into objects. */
export interface Program {
  /** The folder that it is in. */
  readonly root: string;
  readonly readStackFile: typeof readStackFile;
  readonly loadSettings: typeof loadSettings;
  readonly evaluate: typeof evaluate;
}

/** This project's own. */
export function ownProgram(root: string): Program {
  return { root, readStackFile, loadSettings, evaluate };
}

/** That of a commit of this project, from a worktree of it in `folder`, made where it is not there. */
export async function programAt(root: string, folder: string, { url, sha }: Resolved): Promise<Program> {
  const whole = `${folder}.whole`;
  if (!existsSync(whole)) {
    await removeWorktree(root, folder);
    await git(root, ["fetch", "--no-tags", "--", url, sha]);
    await git(root, ["worktree", "add", "--detach", "--", folder, sha]);
    await install(root, folder);
    writeFileSync(whole, "");
  }
  const load = async (path: string) => import(pathToFileURL(join(folder, path)).href);
  try {
    const [stackFile, settings, render] = await Promise.all(
      ["settings/stack-file.ts", "settings/load.ts", "render/evaluate.ts"].map(load),
    );
    return {
      root: folder,
      readStackFile: stackFile.readStackFile,
      loadSettings: (...args) => own(() => settings.loadSettings(...args)),
      evaluate: render.evaluate,
    };
  } catch (error) {
    throw new UserError(
      `The program of commit ${sha.slice(0, 7)} cannot be loaded: ${explain(error).split("\n").slice(0, 3).join(" ")}`,
    );
  }
}

/** Errors of another copy of this project as those of this one. */
function own<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") throw new UserError(error.message);
    throw error;
  }
}

/** Where the worktree of an instance's program is. */
export function worktreeOf(root: string, name: string, sha: string): string {
  return join(worktrees(root), `${name}-${sha.slice(0, SHA_LENGTH)}`);
}

/** The worktrees that there are of an instance. */
export function worktreesOf(root: string, name: string): string[] {
  return globSync(join(worktrees(root), `${name}-${"?".repeat(SHA_LENGTH)}`));
}

/** How much of a commit's name a worktree's has. */
const SHA_LENGTH = 10;

function worktrees(root: string): string {
  return join(root, ".local", "worktrees");
}

/** Removes the worktree of {@link programAt}. */
export async function removeWorktree(root: string, folder: string): Promise<void> {
  rmSync(`${folder}.whole`, { force: true });
  if (existsSync(folder)) await git(root, ["worktree", "remove", "--force", "--", folder]);
  await git(root, ["worktree", "prune"]);
}

/** The packages are this checkout's, unless the commit wants others. */
async function install(root: string, folder: string): Promise<void> {
  const lock = (place: string) => readFileSync(join(place, "package-lock.json"), "utf8");
  if (lock(root) === lock(folder))
    return symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  // Its scripts are not run, and it learns nothing of the environment.
  const { PATH = "", HOME = "" } = process.env;
  await execa("npm", ["ci", "--loglevel=error", "--ignore-scripts"], {
    cwd: folder,
    env: { PATH, HOME },
    extendEnv: false,
  });
}

async function git(cwd: string, args: readonly string[]): Promise<void> {
  const { failed, stderr } = await execa("git", args, {
    cwd,
    reject: false,
    env: { GIT_TERMINAL_PROMPT: "0" },
  });
  if (failed) throw new EnvironmentError(`\`git ${args.join(" ")}\` failed: ${stderr.trim()}`);
}
