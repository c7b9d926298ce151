import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { EnvironmentError } from "../../errors.ts";
import { installed, reasonOf } from "./installation.ts";

/** What a program is given for a text: its settings, texts as they are and all else as JSON; or the error. */
export interface EngineReading {
  readonly config: Readonly<Record<string, string>> | null;
  readonly error?: string;
}

/** The reader of YAML of Pulumi's engine. Without it, everything but `missing` throws. */
export interface EngineYaml {
  /** Why it is not there; for `describe.skipIf`. */
  readonly missing: string | undefined;
  /** Reads texts of stack files, all in one run of it. */
  read(texts: readonly string[]): Promise<EngineReading[]>;
  /** Stack files with one setting each, `packit:value`, as Pulumi writes them. */
  write(values: readonly unknown[]): Promise<string[]>;
}

/** The reader, built where it is not there yet. To be awaited at the top of a test file, where no limit of time runs. */
export async function engineYaml(): Promise<EngineYaml> {
  try {
    const folder = await built();
    return made(async (args, input) => {
      const { stdout } = await execa(join(folder, "engine-yaml"), args, { input: JSON.stringify(input) });
      return JSON.parse(stdout);
    });
  } catch (error) {
    const missing = reasonOf(error);
    process.stderr.write(
      `Skipped: the tests that need the engine's reader of YAML, which is missing: ${missing}\n`,
    );
    return made(() => Promise.reject(new EnvironmentError(missing)), missing);
  }
}

function made(ask: Ask, missing?: string): EngineYaml {
  return { missing, read: (texts) => ask([], texts), write: (values) => ask(["write"], values) };
}

/** What it answers is JSON, of the type that its arguments ask for. */
type Ask = <T>(args: readonly string[], input: unknown) => Promise<T>;

async function built(): Promise<string> {
  const source = join(import.meta.dirname, "engine-yaml");
  const { stdout: version } = await execa("go", ["version"]);
  return installed({
    kind: "go",
    pins: [
      version,
      ...["main.go", "go.mod", "go.sum"].map((name) => readFileSync(join(source, name), "utf8")),
    ],
    fill: async (folder) => void (await execa("go", ["build", "-o", folder, "."], { cwd: source })),
  });
}
