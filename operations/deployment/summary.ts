import { diffBlock } from "../../diff/markdown.ts";
import { visible } from "../../system/visible.ts";
import type { Plan, PlannedStep } from "./plan.ts";

/** GitHub takes 1 MiB a step for the summary of a job; more is no summary at all. */
export const LONGEST_SUMMARY = 1024 * 1024 - 1000;

/** A plan for a page of GitHub's: what is to be agreed to. It says where there is no room for all of it. */
export function planMarkdown({ stack, commit, steps, digest }: Plan): string {
  if (steps.length === 0) return `### ${stack}\n\nNothing changes with commit ${commit}.`;
  return [
    `### ${stack}`,
    `Commit ${commit}, ${counted(steps)}. Plan \`${digest}\`.`,
    diffBlock(fitting(steps.flatMap(stepLines), LONGEST_SUMMARY - ROOM)),
  ].join("\n\n");
}

/** Bytes that are kept free for what is around the steps. */
const ROOM = 1000;

function fitting(lines: readonly string[], room: number): string[] {
  let left = room;
  const count = lines.findIndex((line) => {
    left -= Buffer.byteLength(line) + 1;
    return left < 0;
  });
  if (count < 0) return [...lines];
  return [...lines.slice(0, count), `… and ${lines.length - count} lines more: they are in the plan`];
}

/** How many steps of which kind there are: `2 update, 1 delete`. */
export function counted(steps: readonly PlannedStep[]): string {
  const groups = [...Map.groupBy(steps, ({ op }) => op)].sort(([a], [b]) => (a < b ? -1 : 1));
  return groups.map(([op, all]) => `${all.length} ${op}`).join(", ");
}

/** What stands before a step's line, as GitHub colours it. */
const SIGNS: Readonly<Record<string, string>> = { create: "+", delete: "-", update: "!" };

/** The most changes of one step that are listed. */
const MOST = 50;

/** A step, and what it changes, a line each, in which all can be seen. */
export function stepLines({ op, urn, replacedFor, changes }: PlannedStep): string[] {
  const why = replacedFor.length === 0 ? "" : ` for ${replacedFor.join(", ")}`;
  const more = changes.length - MOST;
  return [
    `${SIGNS[op] ?? "!"} ${op} ${shortUrn(urn)}${why}`,
    ...changes.slice(0, MOST).map(({ path, kind, before, after }) => {
      const values = [before, after].filter((value) => value !== undefined).join(" → ");
      return `    ${kind} ${path}${values === "" ? "" : `: ${values}`}`;
    }),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ].map(visible);
}

/** The type and the name that a URN ends with, without its parents. */
export function shortUrn(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1)} ${name.join("::")}`;
}
