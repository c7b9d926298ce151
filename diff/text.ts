import { type Amounts, showBytes, showCpu } from "../kubernetes/amounts.ts";
import { visible } from "../system/visible.ts";
import { digestChange } from "./digest.ts";
import type { FieldDiff } from "./field-diff.ts";
import type { ObjectDiff } from "./object-diff.ts";
import type { QuotaUse } from "./quotas.ts";
import type { Restart } from "./restarts.ts";
import type { StackDiff } from "./stack-diff.ts";

/** Comparisons for a terminal. */
export function diffText(diffs: readonly StackDiff[]): string {
  const text = diffs
    .map((diff) =>
      [...summaryLines(diff), ...diff.objects.flatMap((object) => ["", ...objectLines(object)])].join("\n"),
    )
    .join("\n\n");
  return visible(text);
}

/** What a reader wants to know first: how much changes, what restarts, what is refused. */
export function summaryLines(diff: StackDiff): string[] {
  const { stack, base, state, wrong, objects, totals, quotas } = diff;
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
  if (state === "same") return [`${against}: nothing changes.`];
  return [
    `${against}: ${countsOf(diff)}.`,
    ...restartLines(diff.restarts),
    ...objects.flatMap((object) =>
      object.refused ? [`Refused: ${nameOf(object)}, as ${object.refused}.`] : [],
    ),
    ...totalLines(totals),
    ...quotaLines(quotas),
  ];
}

/** How much changes, in a few words. */
export function countsOf({ state, objects }: StackDiff): string {
  if (state === "same") return "nothing";
  if (state === "unknown") return "cannot be compared";
  if (state === "new" || state === "gone") return `${state}: ${objects.length}`;
  return (["added", "changed", "replaced", "removed"] as const)
    .map((what) => [objects.filter((one) => one.what === what).length, what] as const)
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");
}

function restartLines(all: readonly Restart[]): string[] {
  if (all.length === 0) return ["No pod restarts."];
  return ["In this order:", ...all.map((one) => `  ${restartText(one)}`)];
}

/** What becomes of the pods of a workload, and why. */
export function restartText({ kind, name, pods, hasGap, because }: Restart): string {
  if (kind === "Job") return `the Job ${name} runs`;
  const whole = pods === 1 ? "its pod restarts" : `its ${pods} pods restart, one after another`;
  const all = because.length > MOST ? [...because.slice(0, MOST), `${because.length - MOST} more`] : because;
  const why = all.length > 0 ? `, for ${all.join(", ")}` : "";
  return `${name}: ${whole}${hasGap ? ", with a moment without any" : ""}${why}`;
}

/** How many reasons of a restart are named in its line. */
const MOST = 4;

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

/** One object, and each field of it that differs. */
export function objectLines(object: ObjectDiff): string[] {
  const because = object.because ? ` (made anew, for ${object.because.join(", ")})` : "";
  return [`${SIGN[object.what]} ${nameOf(object)}${because}`, ...object.fields.flatMap(fieldLines)];
}

const SIGN = { added: "+", removed: "-", changed: "~", replaced: "±" } as const;

/** `Deployment packit--stg/valkey` */
export function nameOf({ kind, namespace, name }: ObjectDiff): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function fieldLines({ path, before, after, lines }: FieldDiff): string[] {
  const digest = digestChange(path);
  if (digest !== undefined) return [`    ${path}: ${digest}`];
  if (lines) return [`    ${path}:`, ...lines.map((line) => `      ${line}`)];
  if (before === undefined) return [`    ${path}: + ${shown(after)}`];
  if (after === undefined) return [`    ${path}: - ${shown(before)}`];
  return [`    ${path}: ${shown(before)} -> ${shown(after)}`];
}

/** A value in one line, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

const LONGEST = 160;
