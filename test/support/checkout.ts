import { appendFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { knownStacks } from "../../settings/stacks.ts";
import { ROOT } from "./stacks.ts";

const AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];

const FIRST = "first";

/** A checkout of a repository of its own, whose first commit, on `main`, has the project's files as they are. */
export interface Checkout {
  readonly folder: string;
  readonly git: (...args: readonly string[]) => Promise<{ readonly stdout: string }>;
  /** Makes it again as it was at first. */
  readonly reset: () => Promise<void>;
  readonly ops: (
    ...args: readonly string[]
  ) => Promise<{ readonly exitCode?: number; readonly stdout: string; readonly stderr: string }>;
}

/** Makes one in a folder, be the project's files committed or not, with these of the stacks: each takes its time. */
export async function checkout(place: string, stacks: readonly string[]): Promise<Checkout> {
  const folder = join(place, "checkout");
  const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT });
  await execa("sh", ["-c", 'mkdir -p "$1" && tar --null -T - -cf - | tar -xf - -C "$1"', "sh", folder], {
    cwd: ROOT,
    input: stdout,
  });
  for (const stack of knownStacks(folder))
    if (!stacks.includes(stack)) rmSync(join(folder, `Pulumi.${stack}.yaml`));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const git = (...args: readonly string[]) => execa("git", [...AUTHOR, ...args], { cwd: folder });
  await git("init", "--quiet", "--initial-branch=main");
  // It is a link here, and no folder.
  appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
  await git("add", "--all");
  await git("commit", "--quiet", "--message=base");
  const ops = (...args: readonly string[]) =>
    execa(join(folder, "ops"), [...args], { cwd: folder, reject: false });
  /** As it was made. */
  const reset = async () => {
    await git("reset", "--quiet", "--hard", FIRST);
    await git("clean", "--quiet", "-d", "--force");
  };
  await git("tag", FIRST);
  return { folder, git, ops, reset };
}
