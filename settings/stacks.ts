import { globSync } from "node:fs";

/** The names of the stacks that have a file in the project's folder. */
export function knownStacks(root: string): string[] {
  const files = globSync("Pulumi.*.yaml", { cwd: root });
  return files.map((file) => file.slice("Pulumi.".length, -".yaml".length)).sort();
}
