import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

/** Tells which packages a checkout wants. */
export const LOCKFILE = "package-lock.json";

/** Gives a checkout of another commit the packages of this one, if its lockfile is the same; says whether it is. */
export function sharePackages(root: string, checkout: string): boolean {
  const lock = (folder: string) => readFileSync(join(folder, LOCKFILE), "utf8");
  if (lock(root) !== lock(checkout)) return false;
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  return true;
}
