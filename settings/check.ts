import { z } from "zod";
import { formatPath, nearest, type Violation } from "./violation.ts";

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Checks `value` against `schema` and words every issue as a {@link Violation}. */
export function check<S extends Schema>(
  schema: S,
  value: unknown,
): { readonly data: z.output<S>; readonly violations: [] } | { readonly violations: Violation[] } {
  const result = z.safeParse(schema, value);
  if (result.success) return { data: result.data, violations: [] };
  return { violations: result.error.issues.flatMap((issue) => violationsOf(schema, value, issue)) };
}

function violationsOf(schema: Schema, value: unknown, issue: Issue): Violation[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(schemaAt(schema, path));
    return issue.keys.map((key) => ({
      path: [...path, key],
      // A value in the wrong place can be a secret.
      given: "an unknown key",
      allowed: `one of ${known.join(", ")}`,
      remedy: remedyForKey(key, known, valueAt(value, path)),
    }));
  }
  if (issue.code === "invalid_key") {
    const map = schemaAt(schema, path.slice(0, -1));
    const keys = map instanceof z.ZodRecord ? z.globalRegistry.get(map.keyType) : undefined;
    const allowed = `as a key, ${keys?.allowed ?? issue.message}`;
    return [{ path, given: "another key", allowed, remedy: `for example ${keys?.example ?? "KEY"}` }];
  }
  const given = valueAt(value, path);
  const at = schemaAt(schema, path);
  if (given === undefined && at instanceof z.ZodObject) {
    return check(at, {}).violations.map((violation) => ({
      ...violation,
      path: [...path, ...violation.path],
    }));
  }
  const { allowed, example } = hintOf(at, issue);
  const meant = issue.code === "invalid_value" && nearest(String(given), issue.values.map(String));
  if (meant) return [{ path, given: show(given), allowed, remedy: `did you mean ${meant}?` }];
  const set = `pulumi config set --path '${formatPath(path)}' ${example ?? "VALUE"}`;
  const remedy =
    given === undefined ? `add it: ${set}` : example === undefined ? "correct it" : `for example ${example}`;
  return [{ path, given: show(given), allowed, remedy: remedyOf(issue) ?? remedy }];
}

function remedyForKey(key: string, known: readonly string[], around: unknown): string {
  const taken = typeof around === "object" && around !== null ? Object.keys(around) : [];
  const free = known.filter((name) => !taken.includes(name));
  const meant = nearest(key, free) ?? nearest(key, known);
  return meant === undefined ? "remove it" : `did you mean ${meant}?`;
}

function remedyOf(issue: Issue): string | undefined {
  const remedy = issue.code === "custom" ? issue.params?.remedy : undefined;
  return typeof remedy === "string" ? remedy : undefined;
}

function hintOf(schema: Schema | undefined, issue: Issue): { allowed: string; example?: unknown } {
  const meta = schema && z.globalRegistry.get(schema);
  const example = meta?.example;
  if (issue.code === "custom") return { allowed: issue.message, example };
  if (issue.code === "invalid_value")
    return { allowed: issue.values.map(String).join(", "), example: issue.values[0] };
  if (meta?.allowed !== undefined) return { allowed: meta.allowed, example };
  if (schema instanceof z.ZodEnum) return { allowed: schema.options.join(", "), example: schema.options[0] };
  const keys = knownKeys(schema);
  if (keys.length > 0) return { allowed: `a map of ${keys.join(", ")}` };
  if (issue.code === "invalid_type") return { allowed: KINDS[issue.expected] ?? issue.expected };
  return { allowed: issue.message };
}

const KINDS: Readonly<Record<string, string>> = {
  array: "a list",
  record: "a map",
  object: "a map",
  int: "a whole number",
};

/** The schema of the value at `path`, what wraps it (defaults, optionality) taken off. */
function schemaAt(schema: Schema, path: readonly (string | number)[]): Schema | undefined {
  const bare = unwrap(schema);
  const [step, ...rest] = path;
  if (step === undefined) return bare;
  if (bare instanceof z.ZodObject) return bare.shape[step] && schemaAt(bare.shape[step], rest);
  if (bare instanceof z.ZodRecord) return schemaAt(bare.valueType, rest);
  if (bare instanceof z.ZodArray) return schemaAt(bare.element, rest);
  return undefined;
}

function unwrap(schema: Schema): Schema {
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

function knownKeys(schema: Schema | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (at as Record<string | number, unknown> | undefined)?.[step],
    value,
  );
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
