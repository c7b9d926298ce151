import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { EnvironmentError, UserError } from "../../errors.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "../../system/git-environment.ts";
import { jsonIn } from "../../system/json-text.ts";
import { sharePackages } from "../../system/shared-packages.ts";
import type { Resolved } from "./resolve.ts";

/** How much of a commit's name a worktree's has. */
const SHA_LENGTH = 10;

/** How long a file of settings may be: many times what those of this project are. */
const LONGEST_FILE = 256 * 1024;

/** Where the worktree of an instance's program is. */
export function worktreeOf(root: string, name: string, sha: string): string {
  return join(worktrees(root), `${name}-${sha.slice(0, SHA_LENGTH)}`);
}

/** The worktrees that there are of an instance. */
export function worktreesOf(root: string, name: string): string[] {
  return globSync(join(worktrees(root), `${name}-${"?".repeat(SHA_LENGTH)}`));
}

function worktrees(root: string): string {
  return join(root, ".local", "worktrees");
}

/** Makes a worktree of a commit of this project in `folder`, with its packages, unless it is there. No code in it runs. */
export async function makeWorktree(root: string, folder: string, { url, sha }: Resolved): Promise<void> {
  const whole = `${folder}.whole`;
  if (existsSync(whole)) return;
  await removeWorktree(root, folder);
  await git(root, ["fetch", "--no-tags", "--", url, sha]);
  // A link would lead whoever reads the worktree out of it.
  await git(root, [
    ...NOTHING_RUNS,
    "-c",
    "core.symlinks=false",
    "worktree",
    "add",
    "--detach",
    "--",
    folder,
    sha,
  ]);
  refuseLarge(folder);
  await install(root, folder);
  writeFileSync(whole, "");
}

const NOTHING_RUNS = ["-c", "core.hooksPath=/dev/null"];

/** Removes the worktree of {@link makeWorktree}. */
export async function removeWorktree(root: string, folder: string): Promise<void> {
  rmSync(`${folder}.whole`, { force: true });
  rmSync(`${folder}.packages`, { recursive: true, force: true });
  if (existsSync(folder)) await git(root, ["worktree", "remove", "--force", "--", folder]);
  await git(root, ["worktree", "prune"]);
}

/** Stack files are read outside the confinement. */
function refuseLarge(folder: string): void {
  for (const file of globSync(join(folder, "Pulumi*.yaml")))
    if (statSync(file).size > LONGEST_FILE)
      throw new UserError(`${file} is longer than ${LONGEST_FILE / 1024} KiB.`);
}

/** The packages are this checkout's, unless the commit wants others. */
async function install(root: string, folder: string): Promise<void> {
  if (sharePackages(root, folder)) return;
  refuseOtherSources(folder);
  // Away from the worktree, whose .npmrc can name programs that npm runs.
  const packages = `${folder}.packages`;
  mkdirSync(packages);
  for (const file of ["package.json", "package-lock.json"])
    copyFileSync(join(folder, file), join(packages, file));
  const { PATH = "", HOME = "" } = process.env;
  await execa("npm", ["ci", "--loglevel=error", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: packages,
    env: { PATH, HOME },
    extendEnv: false,
    stdin: "ignore",
  });
  symlinkSync(join(packages, "node_modules"), join(folder, "node_modules"));
}

const REGISTRY = "https://registry.npmjs.org/";

/** A package by its version, from the registry; anything else may be a folder of this machine, or have git run. */
const fromRegistry = z.looseObject({
  version: z.string().regex(/^\d+\.\d+\.\d+[-+.\w]*$/),
  resolved: z.string().startsWith(REGISTRY).optional(),
  integrity: z.string(),
  link: z.never().optional(),
});
const ranges = z.record(z.string(), z.string().regex(/^[^:/]*$/)).optional();
const asked = z.looseObject({
  dependencies: ranges,
  devDependencies: ranges,
  optionalDependencies: ranges,
  peerDependencies: ranges,
  workspaces: z.never().optional(),
});
const lockfile = z.looseObject({
  packages: z.looseObject({ "": asked }).catchall(fromRegistry),
});

/** Refuses packages from elsewhere than the registry. */
function refuseOtherSources(folder: string): void {
  for (const [file, schema] of [
    ["package.json", asked],
    ["package-lock.json", lockfile],
  ] as const) {
    const checked = schema.safeParse(jsonIn(readFileSync(join(folder, file), "utf8")));
    if (checked.success) continue;
    const where = checked.error.issues.map(({ path }) => JSON.stringify(path.slice(0, 2).join(" ")));
    throw new UserError(
      `The ${file} of the pull request has more than packages of ${REGISTRY} by their versions: ${[...new Set(where)].slice(0, 5).join(", ")}`,
    );
  }
}

async function git(cwd: string, args: readonly string[]): Promise<void> {
  const { failed, stderr } = await execa("git", args, {
    cwd,
    reject: false,
    stdin: "ignore",
    env: { ...WITHOUT_CALLERS_REPOSITORY, GIT_TERMINAL_PROMPT: "0" },
  });
  if (failed) throw new EnvironmentError(`\`git ${args.join(" ")}\` failed: ${stderr.trim()}`);
}
