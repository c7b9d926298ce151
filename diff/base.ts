import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError, UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { knownStacks } from "../settings/stacks.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "../system/git-environment.ts";
import { jsonIn } from "../system/json-text.ts";
import { LOCKFILE, sharePackages } from "../system/shared-packages.ts";

/** A stack as it was at another commit: its objects, or why there are none. */
export type Former =
  | {
      readonly objects: readonly KubernetesObject[];
      /** Whether its Secrets have texts: the first programs of this project only leave them out. */
      readonly hasTexts: boolean;
    }
  | { readonly wrong: string };

/** What a checkout is compared with. */
export interface Base {
  readonly commit: string;
  /** What was named, where that has gone on since: the commit is the one at which this branch began. */
  readonly forkedFrom?: string;
}

/**
 * The last commit that a checkout has in common with another one: what differs from that is the checkout's own doing.
 *
 * @param reference Any name of a commit that git knows, or of a branch of `origin`.
 */
export async function baseOf(root: string, reference: string): Promise<Base> {
  await refuseOthersRepository(root);
  for (const name of [reference, `origin/${reference}`]) {
    const tip = await commitOf(root, name);
    if (tip === undefined) continue;
    const { stdout, exitCode } = await git(root, ["merge-base", "--", tip, "HEAD"]);
    const commit = stdout.trim();
    if (exitCode !== 0)
      throw new UserError(`HEAD has no commit in common with ${name}. ${await deeper(root)}`);
    return commit === tip ? { commit } : { commit, forkedFrom: name };
  }
  throw new UserError(`There is no commit "${reference}" here. ${await remedyOf(root, reference)}`);
}

/** Refuses a checkout that lies in another repository: what git tells there is of that one. */
async function refuseOthersRepository(root: string): Promise<void> {
  const { stdout, stderr, failed, shortMessage } = await git(root, ["rev-parse", "--show-prefix"]);
  if (failed)
    throw new EnvironmentError(
      `There is nothing to compare with, as git finds no repository in ${root}: ${stderr.trim() || shortMessage}\nCheck that git is installed, and that this is a clone.`,
    );
  if (stdout.trim() !== "")
    throw new EnvironmentError(
      `There is nothing to compare with, as ${root} is a folder in another repository. Check that this is a clone of its own.`,
    );
}

async function commitOf(root: string, name: string): Promise<string | undefined> {
  const { stdout, exitCode } = await git(root, [
    ...["rev-parse", "--verify", "--quiet"],
    "--end-of-options",
    `${name}^{commit}`,
  ]);
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** How to get what is not here. What `git fetch origin main` gets alone has no name afterwards. */
async function remedyOf(root: string, reference: string): Promise<string> {
  const other = "Name another one with --base";
  if ((await git(root, ["remote", "get-url", "origin"])).failed) return `${other}.`;
  if (/[~^@]/.test(reference))
    return (await isShallow(root)) ? `${other}, or get it: ${UNSHALLOW}` : `${other}.`;
  const branch = reference.replace(/^origin\//, "");
  if (/^[0-9a-f]{40}$/.test(branch)) return `${other}, or fetch it: git fetch origin ${branch}`;
  if (!/^\w[\w./-]*$/.test(branch)) return `${other}.`;
  return `${other}, or fetch it: git fetch origin ${branch}:refs/remotes/origin/${branch}`;
}

/** How to get the commits that would be in common. */
async function deeper(root: string): Promise<string> {
  return (await isShallow(root))
    ? `This clone is shallow; get the commits before: ${UNSHALLOW}`
    : "Name another one with --base.";
}

const UNSHALLOW = "git fetch --unshallow";

async function isShallow(root: string): Promise<boolean> {
  return (await git(root, ["rev-parse", "--is-shallow-repository"])).stdout.trim() === "true";
}

/**
 * The stacks that another commit of this project has, made by the program and the packages of that commit in a checkout
 * of its own, which is removed again.
 *
 * @param only The stacks that are wanted. @default - all of them
 */
export async function formerStacks(
  root: string,
  commit: string,
  only?: readonly string[],
): Promise<ReadonlyMap<string, Former>> {
  // Programs tell their files by this name of the folder.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "packit-base-")));
  const checkout = join(folder, "checkout");
  try {
    const added = await git(root, ["worktree", "add", "--detach", "--", checkout, commit]);
    if (added.failed) throw new EnvironmentError(`git worktree add failed: ${added.stderr.trim()}`);
    const stacks = knownStacks(checkout).filter((stack) => only?.includes(stack) ?? true);
    if (stacks.length === 0) return new Map();
    const wrong = await install(root, checkout);
    const formers = stacks.map(async (stack) => [stack, wrong ?? (await former(checkout, stack))] as const);
    return new Map(await Promise.all(formers));
  } finally {
    await git(root, ["worktree", "remove", "--force", "--", checkout]);
    await rm(folder, { recursive: true, force: true });
  }
}

async function former(checkout: string, stack: string): Promise<Former> {
  const masked = await rendered(checkout, [stack, "--json", "--secrets=masked"]);
  if ("objects" in masked) return { ...masked, hasTexts: true };
  if (!masked.wrong.includes(UNKNOWN_WAY)) return masked;
  const redacted = await rendered(checkout, [stack, "--json"]);
  return "objects" in redacted ? { ...redacted, hasTexts: false } : redacted;
}

/** What the first programs say to that: they know no such way. */
const UNKNOWN_WAY = '--secrets is "masked"';

async function rendered(checkout: string, words: readonly string[]) {
  const { stdout, stderr, exitCode, shortMessage } = await execa(
    join(checkout, "ops"),
    ["render", ...words],
    {
      reject: false,
      stdin: "ignore",
    },
  );
  const { items } = (jsonIn(stdout) ?? {}) as { items?: readonly KubernetesObject[] };
  if (exitCode === 0 && items) return { objects: items };
  // What could not be started, or was killed, has said nothing.
  const said = stderr.trim() || shortMessage || "./ops render has printed no objects.";
  return { wrong: said.replaceAll(checkout, ".") };
}

/** Sees to the packages, which are this checkout's unless the commit wants others; tells what is wrong with the commit's. */
async function install(root: string, checkout: string): Promise<{ readonly wrong: string } | undefined> {
  if (!existsSync(join(checkout, LOCKFILE)))
    return { wrong: `It has no ${LOCKFILE}, so that the packages of its program are not known.` };
  if (sharePackages(root, checkout)) return undefined;
  const { failed, stderr, shortMessage } = await execa(
    "npm",
    ["ci", "--loglevel=error", "--no-audit", "--no-fund"],
    { cwd: checkout, reject: false, stdin: "ignore" },
  );
  if (!failed) return undefined;
  const said = `The packages of the base could not be installed: ${stderr.trim() || shortMessage}`;
  // The lockfile is not that of package.json.
  if (stderr.includes("EUSAGE")) return { wrong: said.replaceAll(checkout, ".") };
  throw new EnvironmentError(said);
}

function git(cwd: string, args: readonly string[]) {
  const env = WITHOUT_CALLERS_REPOSITORY;
  // Hooks are for what somebody does in a clone, and a worktree for the base is none of that.
  return execa("git", ["-c", "core.hooksPath=/dev/null", ...args], {
    cwd,
    reject: false,
    stdin: "ignore",
    env,
  });
}
