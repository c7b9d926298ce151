import { lock } from "proper-lockfile";
import { EnvironmentError } from "../errors.ts";
import { isHeld } from "../system/held-lock.ts";
import { unlessAborted } from "../system/interruption.ts";
import { makeFolder } from "../system/make-folder.ts";

/** A lock whose holder has not been heard of for this long is taken over. */
const STALE_MS = 5_000;

export interface LockArgs {
  /** The folder that the lock guards; made where it is not there. */
  readonly folder: string;
  /** How long to wait for another run, in seconds. */
  readonly limitSeconds: number;
  /** Called once if another run holds the lock. */
  readonly onWait: () => void;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs `work` while no other process does the same with `folder`. The lock of a killed process goes stale. */
export async function withLock<T>(args: LockArgs, work: () => Promise<T>): Promise<T> {
  makeFolder(args.folder, 0o700);
  const release = await acquire(args);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire({ folder, limitSeconds, onWait, signal }: LockArgs): Promise<() => Promise<void>> {
  const take = (retries: number) =>
    lock(folder, {
      stale: STALE_MS,
      // This process was suspended for so long that another one took over: it must not go on.
      onCompromised: () => {
        process.stderr.write(
          `This run was suspended, and another one has taken over ${folder}. Run it again.\n`,
        );
        process.exit(1);
      },
      retries: { retries, factor: 1, minTimeout: 250, maxTimeout: 250 },
    });
  try {
    return await take(0);
  } catch (error) {
    if (!isHeld(error)) throw error;
    onWait();
  }
  try {
    return await unlessAborted(take(limitSeconds * 4), signal);
  } catch (error) {
    if (!isHeld(error)) throw error;
    throw new EnvironmentError(
      `Another run has held ${folder} for ${limitSeconds} s. Wait for it, or stop it.`,
    );
  }
}
