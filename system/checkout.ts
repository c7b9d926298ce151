import { execa } from "execa";
import { EnvironmentError } from "../errors.ts";

/** The changes of a checkout's files that are not committed, a line each as `git status` tells them. */
export async function uncommitted(root: string): Promise<string[]> {
  const words = ["status", "--porcelain", "--untracked-files=no"];
  const { stdout, stderr, failed } = await execa("git", words, { cwd: root, reject: false, stdin: "ignore" });
  if (failed)
    throw new EnvironmentError(`What of ${root} is not committed cannot be told by git: ${stderr}`.trimEnd());
  return stdout.split("\n").filter((line) => line !== "");
}
