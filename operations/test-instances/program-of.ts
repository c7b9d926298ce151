import { UserError } from "../../errors.ts";
import type { Context } from "./context.ts";
import { foreignProgram } from "./foreign-program.ts";
import { ownProgram, type Program } from "./program.ts";
import { showReference } from "./reference.ts";
import type { Request } from "./request.ts";
import type { Resolved } from "./resolve.ts";
import { makeWorktree, worktreeOf } from "./worktree.ts";

/** What evaluates an instance: this program, or one that is itself on test. */
export async function programOf(
  { root, engine, program = ownProgram(root), report }: Context,
  { name }: Request,
  resolved: readonly Resolved[],
): Promise<Program> {
  const own = resolved.find(({ reference }) => reference.repository === "deployment");
  if (own === undefined) return program;
  if (engine.name === "pulumi")
    throw new UserError(
      `${showReference(own.reference)} is a program that Pulumi's engine would run with your own rights. Give --engine apply, which evaluates it apart.`,
    );
  const folder = worktreeOf(root, name, own.sha);
  await makeWorktree(root, folder, own);
  return foreignProgram({ folder, sha: own.sha, report });
}
