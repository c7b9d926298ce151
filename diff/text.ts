import { type Amounts, showBytes, showCpu } from "../kubernetes/amounts.ts";
import { visible } from "../system/visible.ts";
import { restartText } from "./fates.ts";
import { nameOf, type ObjectDiff } from "./object-diff.ts";
import { objectLines } from "./object-text.ts";
import type { QuotaUse } from "./quotas.ts";
import type { Restart } from "./restarts.ts";
import type { StackDiff } from "./stack-diff.ts";
import { wrappedProse } from "./wrapped.ts";

/**
 * Comparisons for a terminal, or for a file.
 *
 * @param columns How wide the terminal is; values are cut to fit. @default - they are whole, as in a file
 */
export function diffText(diffs: readonly StackDiff[], columns?: number): string {
  const width = Math.max(NARROWEST, columns ?? Number.POSITIVE_INFINITY);
  const text = diffs
    .map((diff) =>
      [
        ...summaryLines(diff).flatMap((line) => wrappedProse(line, width)),
        ...diff.objects.flatMap((object) => ["", ...objectLines(object, width)]),
      ].join("\n"),
    )
    .join("\n\n");
  return visible(text);
}

/** Narrower terminals are taken for this one, in columns. */
const NARROWEST = 40;

/** What a reader wants to know first: how much changes, what restarts, what is refused. */
export function summaryLines(diff: StackDiff): string[] {
  const { stack, base, state, wrong, objects, totals, quotas } = diff;
  const more = diff.besides.map((one) => `Besides: ${one}.`);
  const fork = diff.forkedFrom === undefined ? "" : `, where this branch left ${diff.forkedFrom}`;
  const against = `${stack}, compared with ${base.slice(0, 12)}${fork}`;
  if (state === "unknown") {
    const where = wrong?.side === "head" ? "here" : "there";
    return [`${against}: it cannot be rendered ${where}, so nothing can be compared:`, wrong?.message ?? ""];
  }
  if (state === "new")
    return [`${against}: a new stack of ${objects.length} objects.`, ...quotaLines(quotas)];
  if (state === "gone")
    return [
      `${against}: its file is gone, which leaves its ${objects.length} objects where they are. To remove them, run pulumi destroy of the stack before.`,
    ];
  if (state === "same") return [`${against}: nothing changes.`, ...more];
  return [
    `${against}: ${countsOf(diff)}.`,
    ...more,
    ...restartLines(diff.restarts),
    ...objects.filter(isRefused).map((object) => `Refused: ${refusalText(object)}`),
    ...totalLines(totals),
    ...quotaLines(quotas),
  ];
}

/** Whether a change is refused, so that there is a reason to tell. */
export function isRefused(object: ObjectDiff): object is ObjectDiff & { readonly refused: string } {
  return object.refused !== undefined;
}

/** `PersistentVolumeClaim packit--stg/postgres-15, as it holds data.` */
export function refusalText(object: ObjectDiff & { readonly refused: string }): string {
  return `${nameOf(object)}, as ${object.refused}.`;
}

/** How much changes, in a few words. */
export function countsOf({ state, objects }: StackDiff): string {
  if (state === "same") return "nothing";
  if (state === "unknown") return "cannot be compared";
  if (state === "new" || state === "gone") return `${state}: ${objects.length}`;
  const counts = (["added", "changed", "replaced", "removed"] as const)
    .map((what) => [objects.filter((one) => one.what === what).length, what] as const)
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`);
  return counts.length === 0 ? "no Kubernetes object changes" : counts.join(", ");
}

/** What is said where nothing becomes of any pod. */
export const NO_RESTART = "No pod restarts.";

function restartLines(all: readonly Restart[]): string[] {
  if (all.length === 0) return [NO_RESTART];
  return ["In this order:", ...all.map((one) => `  ${restartText(one)}`)];
}

/** Each amount in words, and how it is shown. */
export const AMOUNTS: Readonly<Record<keyof Amounts, readonly [string, (amount: number) => string]>> = {
  requestsCpu: ["requests of CPU", showCpu],
  requestsMemory: ["requests of memory", showBytes],
  limitsCpu: ["limits of CPU", showCpu],
  limitsMemory: ["limits of memory", showBytes],
  storage: ["volumes", showBytes],
};

function totalLines({ before, after }: StackDiff["totals"]): string[] {
  if (before === undefined || after === undefined) return [];
  const keys = Object.keys(AMOUNTS) as (keyof Amounts)[];
  return keys
    .filter((key) => before[key] !== after[key])
    .map(
      (key) => `All ${AMOUNTS[key][0]}: ${AMOUNTS[key][1](before[key])} -> ${AMOUNTS[key][1](after[key])}`,
    );
}

/** How much of each quota is used at most, where it is not computed to be just that. */
function quotaLines(quotas: readonly QuotaUse[]): string[] {
  return quotas
    .filter(({ hard, peak }) => hard !== peak)
    .map(({ namespace, amount, hard, peak }) => {
      const [name, show] = AMOUNTS[amount];
      const use = `${show(peak)} of ${show(hard)} at most, while pods are rolled`;
      return `Quota of ${namespace}, ${name}: ${use}${peak > hard ? ": too little" : ""}`;
    });
}
