import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../../errors.ts";
import { isMap } from "../../system/is-map.ts";
import { jsonIn } from "../../system/json-text.ts";
import { type PreviewStep, SECRET, stepsIn } from "../../system/pulumi-preview.ts";
import { changesOf } from "./changes.ts";

const text = z.string();

const planned = z.strictObject({
  /** `create`, `update`, `delete` … */
  op: text,
  urn: text,
  /** What causes a replacement. */
  replacedFor: z.array(text),
  /** What is different, by its path; values as they may be shown, and only where they are short. */
  changes: z.array(
    z.strictObject({ path: text, kind: text, before: text.optional(), after: text.optional() }),
  ),
  /** The SHA-256 of all inputs before and after, secrets left out. */
  before: text.optional(),
  after: text.optional(),
});

/** A step that a run would take. */
export type PlannedStep = z.output<typeof planned>;

const plan = z.strictObject({
  stack: text,
  /** The commit of this project that was previewed. */
  commit: text,
  steps: z.array(planned),
  /** The SHA-256 of all that stands before. */
  digest: text,
});

/** What a run would do to a stack, for people to agree to. It holds no secret. */
export type Plan = z.output<typeof plan>;

/** Steps that change nothing. */
const IDLE = ["same", "read"];

/** A plan from what `pulumi preview --json` says; an EnvironmentError if that is no plan. */
export function planFrom(stack: string, commit: string, json: string): Plan {
  const steps = stepsIn(json)
    .filter(({ op }) => !IDLE.includes(op))
    .map(plannedStep)
    // The engine works on many at once: their order is nothing that anybody agrees to.
    .sort((a, b) => compare(`${a.urn} ${a.op}`, `${b.urn} ${b.op}`));
  const content = { stack, commit, steps };
  return { ...content, digest: digestOf(content) };
}

/** The plan in a file's text; a UserError if it is none, or was changed since it was written. */
export function readPlan(path: string, content: string): Plan {
  const { data } = plan.safeParse(jsonIn(content));
  if (data === undefined)
    throw new UserError(`${path} is no plan. Make one: ./ops deploy preview STACK --plan ${path}`);
  const { digest, ...rest } = data;
  if (digestOf(rest) !== digest) throw new UserError(`${path} is not as it was written. Make it anew.`);
  return data;
}

function plannedStep(step: PreviewStep): PlannedStep {
  const { op, urn, oldState, newState, replaceReasons = [] } = step;
  const [before, after] = [oldState, newState].map((state) => state && withoutSecrets(state));
  return {
    op,
    urn,
    replacedFor: replaceReasons.toSorted(compare),
    changes: changesOf(step, { before, after }),
    ...(before && { before: digestOf(before) }),
    ...(after && { after: digestOf(after) }),
  };
}

type State = NonNullable<PreviewStep["newState"]>;
type Inputs = Readonly<Record<string, unknown>>;

/** Inputs in which nothing is secret: Pulumi masks what it knows to be; a Secret's data is masked, whatever it knows. */
function withoutSecrets({ type, inputs = {} }: State): Inputs {
  if (type.startsWith("random:")) return {};
  if (!/^kubernetes:core\/v1:Secret(Patch|List)?$/.test(type)) return inputs;
  const masked = (value: unknown) => (isMap(value) ? mapped(value, () => SECRET) : SECRET);
  return mapped(inputs, (value, key) => (["data", "stringData"].includes(key) ? masked(value) : value));
}

function mapped(map: Inputs, change: (value: unknown, key: string) => unknown): Inputs {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

/** A digest that does not depend on the order of keys. */
function digestOf(value: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(value)))
    .digest("hex");
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return entries.map(([key, one]) => [key, ordered(one)]);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
