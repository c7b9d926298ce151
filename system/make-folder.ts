import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { systemError } from "./system-error.ts";

/**
 * Makes a folder, and those around it, unless they are there. Node's own recursive mkdir never ends where the system
 * says of a folder in one that is there that there is no such folder, as below /proc.
 *
 * @param mode The mode of each folder that is made. @default - what the user's mask leaves
 */
export function makeFolder(path: string, mode?: number): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !isFolder(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) makeOne(folder, mode);
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (systemError(error)?.code !== "EEXIST" || !isFolder(folder)) throw error;
  }
}

/** Whether there is a folder; something else of that name is left for mkdir to refuse. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
