import { compared, type StackDiff } from "../../diff/stack-diff.ts";
import { type Masked, maskedOf } from "../../render/masked.ts";
import { type Changes, configOf } from "./stacks.ts";

const BASE = "0123456789abcdef0123456789abcdef01234567";

/** What changes do to one of the project's own stacks. */
export async function stackDiffOf(stack: string, before: Changes, after: Changes): Promise<StackDiff> {
  const [was, is] = await Promise.all([maskedWith(stack, before), maskedWith(stack, after)]);
  const former = { objects: [...was.objects, ...was.others], hasTexts: true };
  return { stack, base: BASE, ...compared(former, is) };
}

/** A stack as it is compared, with some settings changed; evaluated once, and to be left as it is. */
export function maskedWith(stack: string, changes: Changes): Promise<Masked> {
  // JSON would take a key that is to be left out for one that is not changed.
  const key = JSON.stringify([stack, changes], (_, value) => (value === undefined ? "undefined" : value));
  const known = evaluated.get(key) ?? maskedOf(configOf(stack, changes));
  evaluated.set(key, known);
  return known;
}

const evaluated = new Map<string, Promise<Masked>>();

/** A stack of which there is nothing to say but its state. */
export function bareDiff(stack: string, state: StackDiff["state"], more: Partial<StackDiff> = {}): StackDiff {
  return {
    stack,
    base: BASE,
    state,
    objects: [],
    besides: [],
    restarts: [],
    totals: {},
    quotas: [],
    ...more,
  };
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
      { ...object, what: "removed", fields: [], stays: true },
    ],
    besides: [text],
    restarts: [
      {
        kind: "Deployment",
        name: text,
        what: "restarts",
        pods: 1,
        hasGap: true,
        because: Array(6).fill(text),
      },
      {
        kind: "StatefulSet",
        name: text,
        namespace: text,
        what: "stops",
        pods: 2,
        hasGap: false,
        because: [],
      },
    ],
    quotas: [{ namespace: text, amount: "limitsCpu", hard: 1000, peak: 2000 }],
  });
}
