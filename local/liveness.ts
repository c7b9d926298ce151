import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../errors.ts";
import { unlessAborted } from "../system/interruption.ts";
import type { BinaryName } from "./kit.ts";
import type { Paths } from "./paths.ts";
import { findProcesses, PARTS } from "./processes.ts";

/** How often it is looked whether every part still runs, in milliseconds. */
const LOOK_MS = 1000;

/** How many of a dead part's last lines are shown. */
const LAST_LINES = 8;

/** Fails if one of the parts does not run, with the end of its log; those that need it may have died of that. */
export async function refuseDead(paths: Paths, parts: readonly BinaryName[] = PARTS): Promise<void> {
  const running = (await findProcesses(paths)).map(({ name }) => name);
  // They are in the order in which they need each other.
  const dead = parts.find((part) => !running.includes(part));
  if (dead === undefined) return;
  throw new EnvironmentError(`${dead} of the control plane does not run.\n${logEnd(paths, dead)}`);
}

/**
 * Does work with the control plane, and fails as soon as a part of it dies: with that part's name and last words, not
 * with what the others say of it.
 */
export async function whileAlive<T>(
  paths: Paths,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
  parts: readonly BinaryName[] = PARTS,
): Promise<T> {
  const death = new AbortController();
  const look = () => refuseDead(paths, parts).catch((error) => death.abort(error));
  const timer = setInterval(look, LOOK_MS);
  try {
    return await unlessAborted(work(AbortSignal.any([outer, death.signal])), death.signal);
  } catch (error) {
    if (!outer.aborted) await refuseDead(paths, parts);
    throw error;
  } finally {
    clearInterval(timer);
  }
}

const LAST_WORDS = /^(panic|fatal error): |"level":"(panic|fatal)"|^F\d{4} /;

function logEnd(paths: Paths, name: BinaryName): string {
  const file = join(paths.logs, `${name}.log`);
  const lines = existsSync(file) ? readFileSync(file, "utf8").trimEnd().split("\n") : [];
  // A Go program that panics says why first, and then where.
  const last = lines.findIndex((line) => LAST_WORDS.test(line));
  const end = last === -1 ? lines.slice(-LAST_LINES) : lines.slice(last, last + LAST_LINES);
  return [`What it said last, in ${file}:`, ...end].join("\n");
}
