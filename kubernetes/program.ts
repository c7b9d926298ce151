import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The text of a program that runs in pods: a file of its own language, beside the component whose pods run it. */
export function program(folder: string, name: string): string {
  return readFileSync(join(folder, name), "utf8");
}
