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
  const results = await Promise.all([
    git(root, ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=no"]),
    // What git is told to ignore is in no commit either.
    git(root, ["ls-files", "-z", "--", ...own]),
    git(root, ["ls-files", "-z", "--others", "--exclude-standard", "--", ...PROGRAM]),
  ]);
  const [changed = [], known = [], unknown = []] = results.map(({ stdout, stderr, failed }) => {
    if (!failed) return stdout.split("\0").filter((line) => line !== "");
    throw new EnvironmentError(`What of ${root} is not committed cannot be told by git: ${stderr}`.trimEnd());
  });
  const missing = own.filter((file) => !known.includes(file));
  return [...changed, ...[...missing, ...unknown].map((file) => `?? ${file}`)];
}

/** The commit that a checkout is at. */
export async function headOf(root: string): Promise<string> {
  const { stdout, stderr, failed, shortMessage } = await git(root, ["rev-parse", "--verify", "HEAD"]);
  if (!failed) return stdout.trim();
  throw new EnvironmentError(
    `The commit of ${root} cannot be told by git: ${stderr.trim() || shortMessage}\nCheck that git is installed, and that this is a clone.`,
  );
}

function git(root: string, args: readonly string[]) {
  const env = WITHOUT_CALLERS_REPOSITORY;
  return execa("git", args, { cwd: root, reject: false, stdin: "ignore", env });
}
