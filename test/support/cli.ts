import { copyFileSync, globSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa, type Options } from "execa";
import { temporaryFolder } from "./folder.ts";
import { ROOT } from "./stacks.ts";

/** A project folder for one test: the program, the real stack files, and any others. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  for (const name of globSync("Pulumi*.yaml", { cwd: ROOT }))
    copyFileSync(join(ROOT, name), join(folder, name));
  for (const name of ["cli", "main.js", "preload.cjs", "index.ts", "node_modules", "package.json"])
    symlinkSync(join(ROOT, name), join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** What Node is started with for the command line of the project in a folder, as `./ops` does. */
export function opsIn(folder: string): string[] {
  const before = ["without-npm.cjs", "without-typescript.cjs"].map((name) => `--require=${join(ROOT, name)}`);
  return [...before, join(folder, "cli", "ops.ts")];
}

/** Where `./ops` has Node keep what it compiled: without, a command takes half a second more to start. */
const COMPILED = {
  NODE_COMPILE_CACHE: join(ROOT, "node_modules", ".cache", "node"),
  NODE_COMPILE_CACHE_PORTABLE: "1",
};

/** Starts a verb of `./ops`, that of the project in `cwd`. */
export function command(
  name: string,
  args: readonly string[],
  { cwd = ROOT, env, ...options }: Options & { readonly cwd?: string } = {},
) {
  const common = { reject: false, cwd, env: { ...COMPILED, ...env } };
  return execa(process.execPath, [...opsIn(cwd), name, ...args], { ...common, ...options });
}
