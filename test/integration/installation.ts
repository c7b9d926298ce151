import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExecaError } from "execa";
import { EnvironmentError } from "../../errors.ts";
import { withLock } from "../../local/lock.ts";
import { localPaths } from "../../local/paths.ts";

export interface Installation {
  /** Where its programs come from; installations of different kinds do not wait for each other. */
  readonly kind: "debian" | "browser" | "python" | "go";
  /** All that its content follows from. */
  readonly pins: readonly string[];
  /** Puts the content into an empty folder, which is renamed afterwards. */
  readonly fill: (folder: string) => Promise<void>;
}

/**
 * The folder of an installation, filled where it is not there yet. It is put into place by a rename, so that a killed
 * run leaves nothing that a later one would take for whole. One that failed is not tried again in the same run.
 */
export async function installed({ kind, pins, fill }: Installation): Promise<string> {
  const hash = createHash("sha256").update(pins.join("\n")).digest("hex").slice(0, 16);
  const guarded = join(localPaths("").cache, "authorities", kind);
  const folder = join(guarded, `authorities-${hash}`);
  if (existsSync(folder)) return folder;
  await withLock({ folder: guarded, limitSeconds: 900, onWait: () => {} }, async () => {
    if (existsSync(folder)) return;
    const failed = new Failure(join(guarded, `failed-${hash}`));
    failed.recall();
    for (const name of readdirSync(guarded)) {
      if (name.startsWith("installing-")) rmSync(join(guarded, name), { recursive: true, force: true });
    }
    const building = join(guarded, `installing-${process.pid}`);
    mkdirSync(building);
    try {
      await fill(building);
    } catch (error) {
      rmSync(building, { recursive: true, force: true });
      throw failed.remember(error);
    }
    renameSync(building, folder);
  });
  return folder;
}

/** Why an installation failed in this run of vitest, for its other workers. */
class Failure {
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  /** Fails as the installation did before in this run. */
  recall(): void {
    if (!existsSync(this.file)) return;
    const { run, reason } = JSON.parse(readFileSync(this.file, "utf8"));
    if (run === process.ppid) throw new EnvironmentError(reason);
    rmSync(this.file);
  }

  remember(error: unknown): EnvironmentError {
    const reason = reasonOf(error);
    // All workers of a run are children of one process.
    writeFileSync(this.file, JSON.stringify({ run: process.ppid, reason }));
    return new EnvironmentError(reason);
  }
}

/** What went wrong, in one line: a program's own last words, where one failed. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ExecaError)) return error.message;
  const lines = String(error.stderr ?? "")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const [program] = error.command.split(" ");
  if (error.code === "ENOENT") return `${program} is not on PATH`;
  const how = error.timedOut ? "took too long" : `failed (${error.exitCode ?? error.signal})`;
  return [`${program} ${how}`, ...lines.slice(-1)].join(": ");
}
