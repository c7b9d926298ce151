import type { Paths } from "./paths.ts";
import { findProcesses, PARTS } from "./processes.ts";

/** What a stopped command leaves running of the control plane. */
async function whatRuns(paths: Paths): Promise<string> {
  const running = (await findProcesses(paths)).map(({ name }) => name);
  const parts = PARTS.filter((part) => running.includes(part));
  if (parts.length === 0) return "Nothing of the control plane runs.";
  const whole =
    parts.length === PARTS.length ? "The control plane goes on running" : "A part of it goes on running";
  return `${whole}: ${parts.join(", ")}.`;
}

/** What is left of bringing a stack up that was stopped, and how to go on or to remove it. */
export async function leftOfUp(paths: Paths, stack: string): Promise<string> {
  return [
    await whatRuns(paths),
    `  go on      ./ops local up ${stack}`,
    `  remove it  ./ops local down ${stack}`,
    "  stop all   ./ops local down --all",
  ].join("\n");
}

/** What is left of a removal that was stopped: of a stack, or of everything. */
export async function leftOfDown(paths: Paths, stack: string | undefined): Promise<string> {
  return `Not everything is removed. ${await whatRuns(paths)}\n  go on  ./ops local down ${stack ?? "--all"}`;
}
