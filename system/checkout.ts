import { execa } from "execa";
import { EnvironmentError } from "../errors.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "./git-environment.ts";

/** Where the program is, and what pods run of it. */
const PROGRAM = ["*.ts", "components", "images"];

/**
 * What a stack is made of in a checkout and is in no commit, a line each as `git status` tells it: changes of files that
 * git knows, and files that it does not know, as the stack's own. Others, such as notes, may lie around.
 */
export async function uncommitted(root: string, stack: string): Promise<string[]> {
  const own = ["Pulumi.yaml", `Pulumi.${stack}.yaml`];
  const [changed, known, unknown] = await Promise.all([
    git(root, ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=no"]),
    // What git is told to ignore is in no commit either.
    git(root, ["ls-files", "-z", "--", ...own]),
    git(root, ["ls-files", "-z", "--others", "--exclude-standard", "--", ...PROGRAM]),
  ]);
  const missing = own.filter((file) => !known.includes(file));
  return [...changed, ...[...missing, ...unknown].map((file) => `?? ${file}`)];
}

/** The commit that a checkout is at. */
export async function headOf(root: string): Promise<string> {
  const env = WITHOUT_CALLERS_REPOSITORY;
  const options = { cwd: root, reject: false, stdin: "ignore", env } as const;
  const { stdout, stderr, failed, shortMessage } = await execa(
    "git",
    ["rev-parse", "--verify", "HEAD"],
    options,
  );
  if (!failed) return stdout.trim();
  throw new EnvironmentError(
    `The commit of ${root} cannot be told by git: ${stderr.trim() || shortMessage}\nCheck that git is installed, and that this is a clone.`,
  );
}

/** What git lists. */
async function git(root: string, args: readonly string[]): Promise<string[]> {
  const env = WITHOUT_CALLERS_REPOSITORY;
  const options = { cwd: root, reject: false, stdin: "ignore", env } as const;
  const { stdout, stderr, failed } = await execa("git", args, options);
  if (failed)
    throw new EnvironmentError(`What of ${root} is not committed cannot be told by git: ${stderr}`.trimEnd());
  return stdout.split("\0").filter((line) => line !== "");
}
