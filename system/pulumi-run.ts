import { ExecaError, execa } from "execa";
import { EnvironmentError } from "../errors.ts";
import { pulumiFailure } from "./pulumi-failure.ts";

export interface PulumiRunArgs {
  readonly stack: string;
  /** The folder of the project. */
  readonly cwd: string;
  /** Variables for the CLI, besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line that the CLI says. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where all that it said is kept if it fails. */
  readonly log: string;
  /** Values that are neither shown nor kept in that case. */
  readonly secrets: readonly string[];
  /** What to do where there is no CLI. */
  readonly remedy: string;
}

/** How long Pulumi's CLI may take to end the steps that it has begun, in milliseconds. */
const PATIENCE_MS = 45_000;

/**
 * Runs a verb of Pulumi's CLI to its end. Where it fails, that is a {@link PulumiFailure}. When the signal aborts, it is
 * asked to end, and then the signal's reason is thrown.
 */
export async function runPulumi(verb: readonly string[], args: PulumiRunArgs): Promise<void> {
  const { stack, cwd, env, report, signal, log, secrets, remedy } = args;
  signal?.throwIfAborted();
  const subprocess = execa("pulumi", [...verb, "--non-interactive", "--stack", stack], {
    cwd,
    ...(env && { env }),
    all: true,
    // Asked once, Pulumi ends what it has begun; asked twice, as by the terminal too, it leaves it half done.
    detached: true,
    killSignal: "SIGINT",
    forceKillAfterDelay: PATIENCE_MS,
    ...(signal && { cancelSignal: signal }),
  });
  try {
    for await (const line of subprocess.iterable({ from: "all" })) if (line.trim() !== "") report(line);
    await subprocess;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT") throw new EnvironmentError(`There is no \`pulumi\` on PATH. ${remedy}`);
    const output = String(error.all ?? error.message);
    throw pulumiFailure({ what: `\`pulumi ${verb.join(" ")}\``, output, log, secrets });
  }
}

/** What was done, and what went wrong; not each step on the way there. */
const TOLD = /\b(created|updated|replaced|deleted|unchanged|error|failed)\b/;

/** Whether a line that the CLI says tells of something that is done, or that went wrong. */
export function tellsMuch(line: string): boolean {
  return TOLD.test(line);
}
