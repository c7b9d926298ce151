import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../errors.ts";

/** What asks a command to stop: Ctrl-C, a supervisor, a terminal that is closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long work may take to end once it is asked to, in seconds: Pulumi's engine ends the steps that it has begun. */
const PATIENCE_SECONDS = 60;

/** After how long of that it is said what is waited for, in seconds. */
const SILENCE_SECONDS = 1;

/**
 * Runs work that can be stopped. When it is asked to, its signal aborts, and it is waited for; then the process says
 * what is left and ends, as the shell expects of it, with 128 and the signal's number. Asked again, it ends at once.
 *
 * @param left What goes on running or is half done, and how to go on or to stop that.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  left: () => Promise<string> | string,
): Promise<T> {
  const stop = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<NodeJS.Signals>();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) end(name);
    stop.abort(new UserError(`Stopped by ${name}.`));
    resolve(name);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  try {
    const running = work(stop.signal);
    const first = await Promise.race([running.then(() => undefined), asked]);
    if (first === undefined) return await running;
    await settled(running);
    const message = await Promise.race([left(), setTimeout(PATIENCE_SECONDS * 1000, "")]);
    process.stderr.write(`\nStopped. ${message}\n`);
    return end(first);
  } finally {
    for (const name of SIGNALS) process.off(name, onSignal);
  }
}

/** The outcome of work, unless the signal aborts first: then its reason is thrown, and the work goes on unheard. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener("abort", onAbort));
}

async function settled(running: Promise<unknown>): Promise<void> {
  const done = running.then(
    () => true,
    () => true,
  );
  if (await Promise.race([done, setTimeout(SILENCE_SECONDS * 1000, false)])) return;
  process.stderr.write("\nWaiting for what is begun to end. Once more, and it is not waited for.\n");
  await Promise.race([done, setTimeout(PATIENCE_SECONDS * 1000)]);
}

function end(name: NodeJS.Signals): never {
  // A list that shows progress hides the cursor.
  if (process.stderr.isTTY) process.stderr.write("\u001b[?25h");
  process.exit(128 + constants.signals[name]);
}
