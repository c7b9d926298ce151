import { execaSync } from "execa";
import { Release } from "../../../operations/release/release.ts";
import { STEPS } from "../../../operations/release/steps.ts";
import { type InProcessArgs, inProcess } from "./in-process.ts";
import { World } from "./world.ts";

/** A release of a world, and how to do all of it. */
export async function begun(args: InProcessArgs = {}, world?: World) {
  const tried = world ?? (await World.make());
  const context = inProcess(tried, args);
  return { world: tried, context, release: new Release(context, STEPS) };
}

/** A world whose project is a repository of git. */
export async function gitProject() {
  const world = await World.make();
  const git = (...words: string[]) => execaSync("git", words, { cwd: world.cwd, env: world.env });
  git("add", "Pulumi.prod.yaml");
  git("commit", "--quiet", "--message=base");
  return { world, log: () => git("log", "--format=%s").stdout.split("\n") };
}
