import { join } from "node:path";
import { removeControlPlane } from "../../local/down.ts";
import { localPaths } from "../../local/paths.ts";
import { runPhases } from "../../local/phases.ts";
import { clusterPhases } from "../../local/up.ts";
import { ROOT } from "../support/stacks.ts";

/** The control plane that all cluster tests share, apart from that of `make local`. */
export const PATHS = localPaths(join(ROOT, ".local", "test-control-plane"));

/** Starts it before the first cluster test, from nothing. */
export async function setup(): Promise<void> {
  await removeControlPlane(PATHS);
  await runPhases(clusterPhases(PATHS));
}

/** Deletes it after the last one, with all stacks that tests have left in it. */
export async function teardown(): Promise<void> {
  await removeControlPlane(PATHS);
}
