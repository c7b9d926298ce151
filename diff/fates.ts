import type { Restart } from "./restarts.ts";

/** What becomes of a workload, and why, in one line. */
export function restartText(restart: Restart): string {
  const { what, name, hasGap, because } = restart;
  if (what === "runs") return `the Job ${name} runs`;
  const all = because.length > MOST ? [...because.slice(0, MOST), `${because.length - MOST} more`] : because;
  const why = all.length > 0 ? `, for ${all.join(", ")}` : "";
  return `${name}: ${fateOf(restart)}${hasGap ? ", with a moment without any" : ""}${why}`;
}

/** How many reasons of a restart are named in its line. */
const MOST = 4;

/** `its 2 pods restart, one after another`, or `stops in packit--stg (1 pod)` */
export function fateOf({ what, pods, hasGap, namespace }: Restart): string {
  if (what === "restarts") {
    if (pods === 1) return "its pod restarts";
    return `its ${pods} pods restart${hasGap ? "" : ", one after another"}`;
  }
  const where = namespace === undefined ? "" : ` in ${namespace}`;
  return `${what}${where} (${pods} ${pods === 1 ? "pod" : "pods"})`;
}

const VERBS = [
  ["restarts", "restart"],
  ["stops", "stop"],
  ["starts", "start"],
] as const;

/** What becomes of how many workloads: `3 restart, 1 with a gap; 2 stop`. Nothing where nothing does. */
export function fatesOf(all: readonly Restart[]): string {
  const gaps = all.filter(({ hasGap }) => hasGap).length;
  return VERBS.flatMap(([what, verb]) => {
    const count = all.filter((one) => one.what === what).length;
    if (count === 0) return [];
    const more = what === "restarts" && gaps > 0 ? `, ${gaps} with a gap` : "";
    return [`${count} ${count === 1 ? what : verb}${more}`];
  }).join("; ");
}
