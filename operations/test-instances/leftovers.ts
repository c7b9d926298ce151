import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { STACK_PREFIX } from "../../settings/test-instance.ts";

/** Removes what former versions have left of instances in a checkout: their secrets in plain, and their stand-ins. */
export function removeLeftovers(root: string): void {
  const local = join(root, ".local");
  const standIns = globSync(join(local, "stand-ins", `${STACK_PREFIX}*`));
  for (const folder of [join(local, "test-instances"), ...standIns])
    rmSync(folder, { recursive: true, force: true });
}
