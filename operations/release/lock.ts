import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { z } from "zod";
import { EnvironmentError } from "../../errors.ts";
import { isHeld } from "../../system/held-lock.ts";
import { jsonIn } from "../../system/json-text.ts";
import { makeFolder } from "../../system/make-folder.ts";

/** A lock whose holder has not been heard of for this long is taken over. */
const STALE_MS = 10_000;

const holder = z.object({ pid: z.number(), host: z.string() });

/** Runs work while no other process works on the releases in a folder. A killed process holds nothing. */
export async function alone<T>(folder: string, work: () => Promise<T>): Promise<T> {
  makeFolder(folder, 0o700);
  const release = await taken(folder);
  writeFileSync(join(folder, "holder.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
  try {
    return await work();
  } finally {
    await release();
  }
}

async function taken(folder: string): Promise<() => Promise<void>> {
  try {
    return await take(folder, "lock");
  } catch (error) {
    if (!isHeld(error)) throw error;
  }
  const { data } = holder.safeParse(jsonIn(textOf(join(folder, "holder.json"))));
  if (data === undefined || data.host !== hostname() || isAlive(data.pid)) throw busy(folder, data);
  // Of several that find the holder dead, one takes its place.
  const leave = await take(folder, "takeover").catch((error) => {
    throw isHeld(error) ? busy(folder, undefined) : error;
  });
  try {
    const again = holder.safeParse(jsonIn(textOf(join(folder, "holder.json")))).data;
    // A lock that is younger than what tells of its holder has another one, who is about to tell.
    const isSigned = bornAt(join(folder, "lock")) <= writtenAt(join(folder, "holder.json"));
    if (again === undefined || again.pid !== data.pid || !isSigned) throw busy(folder, again);
    rmSync(join(folder, "lock"), { recursive: true, force: true });
    return await take(folder, "lock");
  } finally {
    await leave();
  }
}

function take(folder: string, name: string): Promise<() => Promise<void>> {
  // The library knows a lock by the file that it guards: there is none, and one name each.
  return lock(join(folder, name), {
    lockfilePath: join(folder, name),
    realpath: false,
    stale: STALE_MS,
    onCompromised: () => {
      process.stderr.write("Another run has taken over this release. Run it again.\n");
      process.exit(1);
    },
  });
}

function busy(folder: string, who: z.output<typeof holder> | undefined): EnvironmentError {
  const by = who === undefined ? "Another run" : `Process ${who.pid} on ${who.host}`;
  return new EnvironmentError(`${by} is at work on the release in ${folder}. Wait for it, or stop it.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be somebody else's.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function bornAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
}

function writtenAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
