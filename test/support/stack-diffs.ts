import { objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { quotasOf } from "../../diff/quotas.ts";
import { restarts } from "../../diff/restarts.ts";
import type { StackDiff } from "../../diff/stack-diff.ts";
import { totalsOf } from "../../diff/totals.ts";
import { type Changes, objectsOf, settingsOf } from "./stacks.ts";

const BASE = "0123456789abcdef0123456789abcdef01234567";

/** What changes do to one of the project's own stacks. */
export async function stackDiffOf(stack: string, before: Changes, after: Changes): Promise<StackDiff> {
  const [was, is] = await Promise.all([objectsOf(stack, before), objectsOf(stack, after)]);
  const settings = settingsOf(stack, after);
  return {
    stack,
    base: BASE,
    state: "changed",
    objects: objectDiffs(was, is, partOf(settings)),
    restarts: restarts(was, is, ["postgres-15", "packit-service"]),
    totals: { before: totalsOf(was), after: totalsOf(is) },
    quotas: quotasOf(is, settings),
  };
}

/** A stack of which there is nothing to say but its state. */
export function bareDiff(stack: string, state: StackDiff["state"], more: Partial<StackDiff> = {}): StackDiff {
  return { stack, base: BASE, state, objects: [], restarts: [], totals: {}, quotas: [], ...more };
}

/** A comparison in which a text stands wherever there can be one. */
export function diffWith(text: string): StackDiff {
  const object = { kind: text, namespace: text, name: text, part: text };
  const added = { apiVersion: text, kind: text, metadata: { name: text }, [text]: text };
  const fields = [
    { path: text, before: text, after: `${text} ${text}` },
    { path: text, after: { [text]: [text] } },
    { path: text, lines: [`@@ ${text} @@`, ` ${text}`, `-${text}`, `+${text} other`, `\\ ${text}`] },
  ];
  return bareDiff(text, "changed", {
    base: text,
    objects: [
      { ...object, what: "added", added, fields: [] },
      { ...object, what: "replaced", fields, because: [text], refused: text },
    ],
    restarts: [{ kind: "Deployment", name: text, pods: 1, hasGap: true, because: Array(6).fill(text) }],
    quotas: [{ namespace: text, amount: "limitsCpu", hard: 1000, peak: 2000 }],
  });
}
