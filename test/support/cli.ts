import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa, type Options } from "execa";
import { onTestFinished } from "vitest";
import { ROOT } from "./stacks.ts";

/** A folder for one test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "packit-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A project folder for one test: the program, the real stack files, and any others. */
export function project(files: Readonly<Record<string, string>> = {}): string {
  const folder = temporaryFolder();
  for (const name of ["Pulumi.yaml", "Pulumi.stage.yaml", "Pulumi.prod.yaml"]) {
    copyFileSync(join(ROOT, name), join(folder, name));
  }
  for (const name of ["index.ts", "node_modules", "package.json"])
    symlinkSync(join(ROOT, name), join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Starts one of the project's commands, as `npm run` does. */
export function command(name: "render" | "local" | "cache", args: readonly string[], options: Options = {}) {
  return execa(process.execPath, [join(ROOT, "cli", `${name}.ts`), ...args], { reject: false, ...options });
}
