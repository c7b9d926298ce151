import { Listr } from "listr2";
import { PROGRESS } from "../progress.ts";

/** A step of a command, and what it reports while it runs. */
export interface Phase {
  readonly title: string;
  /** Returns a word on what it did. */
  run(report: (message: string) => void, signal: AbortSignal): Promise<string>;
}

/** How long each phase took. */
export type Seconds = readonly { readonly title: string; readonly seconds: number }[];

/** Runs phases one after another, shows each as it goes (in place on a terminal, line by line elsewhere), and times them. */
export async function runPhases(
  phases: readonly Phase[],
  signal: AbortSignal = new AbortController().signal,
): Promise<Seconds> {
  const seconds: { title: string; seconds: number }[] = [];
  let failure: unknown;
  const tasks = phases.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { title: string; output: string }) => {
      const start = performance.now();
      const report = (message: string) => {
        task.output = message;
      };
      const result = await run(report, signal).catch((cause) => {
        failure = cause;
        throw new Error(signal.aborted ? "stopped" : "failed");
      });
      const took = (performance.now() - start) / 1000;
      seconds.push({ title, seconds: took });
      task.title = `${title}: ${result} (${took.toFixed(1)} s)`;
    },
  }));
  const list = new Listr(tasks, PROGRESS);
  // The list shows where it failed; why is for the caller to say.
  await list.run().catch((error) => {
    throw failure ?? error;
  });
  return seconds;
}
