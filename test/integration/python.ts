import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { installed } from "./installation.ts";

/** A program that needs nothing else, held to its hashes. */
const ALONE = ["--no-deps", "--require-hashes"];

/** What is installed, by the name of its installation. The last two are programs, and need none of Python's packages. */
const REQUIREMENTS = {
  python: { file: join(import.meta.dirname, "requirements.txt"), flags: [] },
  clients: { file: join(import.meta.dirname, "requirements-clients.txt"), flags: [] },
  valkey: { file: join(import.meta.dirname, "requirements-valkey.txt"), flags: ALONE },
  lint: { file: join(import.meta.dirname, "requirements-lint.txt"), flags: ALONE },
} as const;

export type PythonPackages = keyof typeof REQUIREMENTS;

/** The folder of some of Python's packages, for PYTHONPATH. */
export async function pythonPackages(name: PythonPackages): Promise<string> {
  const { file, flags } = REQUIREMENTS[name];
  const { stdout: version } = await execa("python3", ["--version"]);
  return installed({
    kind: "python",
    // Packages with machine code are of one version of Python.
    pins: [process.arch, version, readFileSync(file, "utf8"), ...flags],
    fill: (folder) => fetchPackages(folder, ["--requirement", file, ...flags]),
  });
}

/** A folder and no virtual environment: that one would hold its own path, and could not be renamed. */
async function fetchPackages(folder: string, what: readonly string[]): Promise<void> {
  const limits = ["--no-input", "--retries", "1", "--timeout", "30"];
  const args = ["-m", "pip", "install", "--quiet", ...limits, ...what, "--only-binary", ":all:"];
  await execa("python3", [...args, "--target", folder], { timeout: 300_000 });
}
