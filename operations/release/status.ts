import Table from "cli-table3";
import { showDuration } from "../../schema/duration.ts";
import type { Journal } from "./journal.ts";
import type { Step } from "./step.ts";
import { WAITS } from "./wait.ts";

/** How far a step is. */
export interface StepStatus {
  readonly step: string;
  readonly title: string;
  readonly state: "done" | "begun" | "waits" | "failed" | "left out" | "to do";
  /** When it was begun, and for how long it took. */
  readonly begun?: string;
  readonly seconds?: number;
  /** What came of it, or what it waits for. */
  readonly said?: string;
}

/** How far a release is, by its journal. */
export function stepsOf(journal: Journal, steps: readonly Step[], without: readonly string[]): StepStatus[] {
  return steps.map(({ name: step, title }) => {
    if (without.includes(step)) return { step, title, state: "left out" };
    const found = journal.step(step);
    if (found === undefined) return { step, title, state: "to do" };
    const { state, begun, at } = found;
    const said = state === "begun" ? waitedFor(journal, at) : found.said;
    const seconds = Math.round((Date.parse(at) - Date.parse(begun)) / 1000);
    return { step, title, state, begun, ...(state !== "begun" && { seconds }), ...(said && { said }) };
  });
}

/** What the step that was begun then waits for now. */
function waitedFor(journal: Journal, begun: string): string | undefined {
  const found = journal.entries.findLast((entry) => entry.type === "fact" && entry.key === WAITS);
  return found?.type === "fact" && found.at >= begun ? String(found.value) : undefined;
}

/** The same as a table that fits 80 columns, without colours. */
export function statusTable(
  name: string,
  journal: Journal,
  all: readonly StepStatus[],
  command: (verb: string) => string,
): string {
  const table = new Table({
    head: ["", "step", "state", "begun", "took", "what"],
    style: { head: [], border: [], compact: true },
    colWidths: [4, 16, 10, 7, 9, 27],
    wordWrap: true,
    wrapOnWordBoundary: false,
  });
  all.forEach(({ step, state, begun, seconds, said }, i) => {
    table.push([
      String(i + 1),
      step,
      state,
      begun === undefined ? "" : new Date(begun).toTimeString().slice(0, 5),
      seconds === undefined ? "" : showDuration(seconds),
      said ?? "",
    ]);
  });
  const end = journal.isGoingBack ? "being taken back" : (journal.end ?? "under way");
  const goOn = command(journal.isGoingBack ? "rollback" : "resume");
  const next = journal.end === undefined ? `\nTo go on: ${goOn}` : "";
  return `The release ${name}: ${end}\n${table.toString()}${next}`;
}
