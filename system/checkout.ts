import { execa } from "execa";
import { EnvironmentError } from "../errors.ts";

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

/** What git lists. */
async function git(root: string, args: readonly string[]): Promise<string[]> {
  const { stdout, stderr, failed } = await execa("git", args, { cwd: root, reject: false, stdin: "ignore" });
  if (failed)
    throw new EnvironmentError(`What of ${root} is not committed cannot be told by git: ${stderr}`.trimEnd());
  return stdout.split("\0").filter((line) => line !== "");
}
