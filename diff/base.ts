import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError, UserError } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { knownStacks } from "../settings/stacks.ts";
import { jsonIn } from "../system/json-text.ts";
import { sharePackages } from "../system/shared-packages.ts";

/** A stack as it was at another commit: its objects, or why there are none. */
export type Former =
  | {
      readonly objects: readonly KubernetesObject[];
      /** Whether its Secrets have texts: the first programs of this project only leave them out. */
      readonly hasTexts: boolean;
    }
  | { readonly wrong: string };

/** The name of the commit that a reference leads to. */
export async function commitOf(root: string, reference: string): Promise<string> {
  const { stdout, failed } = await git(root, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${reference}^{commit}`,
  ]);
  if (failed)
    throw new UserError(
      `There is no commit "${reference}" here. Name another one with --base, or fetch it: git fetch origin main`,
    );
  return stdout.trim();
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
  const folder = await mkdtemp(join(tmpdir(), "packit-base-"));
  const checkout = join(folder, "checkout");
  try {
    const added = await git(root, ["worktree", "add", "--detach", "--", checkout, commit]);
    if (added.failed) throw new EnvironmentError(`git worktree add failed: ${added.stderr.trim()}`);
    const stacks = knownStacks(checkout).filter((stack) => only?.includes(stack) ?? true);
    if (stacks.length === 0) return new Map();
    await installed(root, checkout);
    const formers = await Promise.all(stacks.map((stack) => former(checkout, stack)));
    return new Map(stacks.map((stack, i) => [stack, formers[i] ?? { wrong: "" }]));
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
  const { stdout, stderr, exitCode } = await execa(join(checkout, "ops"), ["render", ...words], {
    reject: false,
    stdin: "ignore",
  });
  const { items } = (jsonIn(stdout) ?? {}) as { items?: readonly KubernetesObject[] };
  return exitCode === 0 && items ? { objects: items } : { wrong: stderr.trim() };
}

/** The packages are this checkout's, unless the commit wants others. */
async function installed(root: string, checkout: string): Promise<void> {
  if (sharePackages(root, checkout)) return;
  const { failed, stderr } = await execa("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: checkout,
    reject: false,
    stdin: "ignore",
  });
  if (failed) throw new EnvironmentError(`The packages of the base could not be installed: ${stderr.trim()}`);
}

function git(cwd: string, args: readonly string[]) {
  return execa("git", args, { cwd, reject: false, stdin: "ignore" });
}
