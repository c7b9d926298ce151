import { type Amounts, showBytes, showCpu } from "../kubernetes/amounts.ts";
import type { FieldDiff } from "./field-diff.ts";
import type { ObjectDiff } from "./object-diff.ts";
import type { Restart } from "./restarts.ts";
import type { StackDiff } from "./stack-diff.ts";

/** A comparison for a terminal. */
export function diffText(diff: StackDiff): string {
  return [...summaryLines(diff), ...diff.objects.flatMap((object) => ["", ...objectLines(object)])].join(
    "\n",
  );
}

/** What a reader wants to know first: how much changes, what restarts, what is refused. */
export function summaryLines(diff: StackDiff): string[] {
  const { stack, base, state, wrong, objects, totals } = diff;
  const against = `${stack}, compared with ${base.slice(0, 12)}`;
  if (state === "unknown")
    return [`${against}: it could not be rendered there, so nothing can be compared:`, wrong ?? ""];
  if (state === "new") return [`${against}: a new stack of ${objects.length} objects.`];
  if (state === "same") return [`${against}: nothing changes.`];
  const counts = (["added", "changed", "replaced", "removed"] as const)
    .map((what) => [objects.filter((one) => one.what === what).length, what] as const)
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`);
  return [
    `${against}: ${counts.join(", ")}.`,
    ...restartLines(diff.restarts),
    ...objects.flatMap((object) =>
      object.refused ? [`Refused by pulumi up: ${nameOf(object)}, as ${object.refused}.`] : [],
    ),
    ...totalLines(totals),
  ];
}

function restartLines(all: readonly Restart[]): string[] {
  if (all.length === 0) return ["No pod restarts."];
  return ["In this order:", ...all.map((one) => `  ${restartText(one)}`)];
}

/** What becomes of the pods of a workload. */
function restartText({ kind, name, pods, hasGap }: Restart): string {
  if (kind === "Job") return `the Job ${name} runs`;
  const whole = pods === 1 ? "its pod restarts" : `its ${pods} pods restart, one after another`;
  return `${name}: ${whole}${hasGap ? ", with a moment without any" : ""}`;
}

const AMOUNTS: readonly (readonly [string, keyof Amounts, (amount: number) => string])[] = [
  ["requests of CPU", "requestsCpu", showCpu],
  ["requests of memory", "requestsMemory", showBytes],
  ["limits of CPU", "limitsCpu", showCpu],
  ["limits of memory", "limitsMemory", showBytes],
  ["volumes", "storage", showBytes],
];

function totalLines({ before, after }: StackDiff["totals"]): string[] {
  if (before === undefined) return [];
  return AMOUNTS.filter(([, key]) => before[key] !== after[key]).map(
    ([name, key, show]) => `All ${name}: ${show(before[key])} -> ${show(after[key])}`,
  );
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
  if (lines) return [`    ${path}:`, ...lines.map((line) => `      ${line}`)];
  if (before === undefined) return [`    ${path}: + ${shown(after)}`];
  if (after === undefined) return [`    ${path}: - ${shown(before)}`];
  return [`    ${path}: ${shown(before)} -> ${shown(after)}`];
}

/** A value in one line, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

const LONGEST = 160;
