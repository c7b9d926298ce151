import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError } from "../../errors.ts";
import { installed, reasonOf } from "./installation.ts";

/** A program of Go in the folder of its name here, which answers JSON with JSON. */
export interface GoProgram {
  /** Why it is not there; for `describe.skipIf`. */
  readonly missing: string | undefined;
  /** Runs it; what comes back is of the type that the program's own description says. */
  ask<T>(input: unknown): Promise<T>;
}

/** A program, built where it is not there yet. To be awaited at the top of a test file, where no limit of time runs. */
export async function goProgram(name: string): Promise<GoProgram> {
  try {
    const file = join(await built(name), name);
    const ask = async (input: unknown) =>
      JSON.parse((await execa(file, { input: JSON.stringify(input) })).stdout);
    return { missing: undefined, ask };
  } catch (error) {
    const missing = reasonOf(error);
    process.stderr.write(`Skipped: the tests that need ${name}, which is missing: ${missing}\n`);
    return { missing, ask: () => Promise.reject(new EnvironmentError(missing)) };
  }
}

async function built(name: string): Promise<string> {
  const source = join(import.meta.dirname, name);
  const { stdout: version } = await execa("go", ["version"]);
  const texts = ["main.go", "go.mod", "go.sum"].map((file) => readFileSync(join(source, file), "utf8"));
  const fill = async (folder: string) => {
    await execa("go", ["build", "-o", folder, "."], { cwd: source });
  };
  return installed({ kind: "go", pins: [name, version, ...texts], fill });
}
