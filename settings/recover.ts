import { z } from "zod";
import { exampleOf } from "./example.ts";
import { wrappedAt } from "./schema-walk.ts";

type Path = (string | number)[];

/** How often what is wrong is taken out or filled in: what is missing can be a map whose own fields are missing. */
const ROUNDS = 6;

/** The round from which on all of a setting is taken out, where fields of it go on to contradict each other. */
const WHOLE = 3;

/**
 * The output of a schema for a value of which everything wrong is left out, and everything missing is the schema's
 * example. So the settings that are right can be checked against each other, whatever is wrong with the others.
 * `undefined` where that does not help.
 */
export function recovered<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  const copy = structuredClone(value);
  for (let round = 0; round < ROUNDS; round++) {
    const result = z.safeParse(schema, copy);
    if (result.success) return result.data;
    const paths = result.error.issues.flatMap(pathsOf);
    for (const path of paths) mendOne(schema, copy, round < WHOLE ? path : path.slice(0, 1));
  }
  return undefined;
}

function pathsOf(issue: z.core.$ZodIssue): Path[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  return issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...path, key]) : [path];
}

function mendOne(schema: z.core.$ZodType, root: unknown, path: Path): void {
  const last = path.at(-1);
  if (last === undefined) return;
  const parent = path.slice(0, -1).reduce<unknown>((at, step) => (isMap(at) ? at[step] : undefined), root);
  if (!isMap(parent)) return;
  const missing = parent[last] === undefined ? wrappedAt(schema, path) : undefined;
  if (missing) parent[last] = exampleOf(missing);
  else delete parent[last];
}

function isMap(value: unknown): value is Record<string | number, unknown> {
  return typeof value === "object" && value !== null;
}
