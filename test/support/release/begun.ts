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

/** A world, and the titles of its project's commits. */
export async function gitProject() {
  const world = await World.make();
  const log = () => execaSync("git", ["log", "--format=%s"], { cwd: world.cwd }).stdout.split("\n");
  return { world, log };
}
