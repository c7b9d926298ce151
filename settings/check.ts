import { z } from "zod";
import { formatPath, nearest, remedyForKey, type Violation } from "./violation.ts";

type Issue = z.core.$ZodIssue;
type Schema = z.core.$ZodType;

/** Checks `value` against `schema` and words every issue as a {@link Violation}. */
export function check<S extends Schema>(
  schema: S,
  value: unknown,
  above: Violation["path"] = [],
): { readonly data: z.output<S>; readonly violations: [] } | { readonly violations: Violation[] } {
  const result = z.safeParse(schema, value);
  if (result.success) return { data: result.data, violations: [] };
  const { issues } = result.error;
  const heard = issues.filter((issue) => !isConsequence(issue, issues));
  return { violations: heard.flatMap((issue) => violationsOf(schema, value, issue, above)) };
}

/** Whether an issue between the fields of a map may come from one of them that is wrong itself. */
function isConsequence(issue: Issue, issues: readonly Issue[]): boolean {
  if (issue.code !== "custom") return false;
  const map = issue.path.slice(0, -1);
  return issues.some(({ code, path }) => code !== "custom" && map.every((step, i) => path[i] === step));
}

function violationsOf(schema: Schema, value: unknown, issue: Issue, above: Violation["path"]): Violation[] {
  const inner = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const path = [...above, ...inner];
  const at = schemaAt(schema, inner);
  const given = valueAt(value, inner);
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(at);
    return issue.keys.map((key) => ({
      path: [...path, key],
      // A value in the wrong place can be a secret.
      given: "an unknown key",
      allowed: `one of ${known.join(", ")}`,
      remedy: remedyForKey(key, known, typeof given === "object" && given !== null ? Object.keys(given) : []),
    }));
  }
  if (issue.code === "invalid_key") {
    const map = schemaAt(schema, inner.slice(0, -1));
    const keys = map instanceof z.ZodRecord ? z.globalRegistry.get(map.keyType) : undefined;
    const allowed = `as a key, ${keys?.allowed ?? issue.message}`;
    return [{ path, given: "another key", allowed, remedy: `for example ${keys?.example ?? "KEY"}` }];
  }
  if (given === undefined && at instanceof z.ZodObject) return check(at, {}, path).violations;
  const { allowed, example } = hintOf(at, issue);
  return [{ path, given: show(given, at), allowed, remedy: remedyOf(issue, given, path, example) }];
}

function remedyOf(issue: Issue, given: unknown, path: Violation["path"], example: unknown): string {
  if (issue.code === "custom" && typeof issue.params?.remedy === "string") return issue.params.remedy;
  const known = issue.code === "invalid_value" ? issue.values.filter((one) => typeof one === "string") : [];
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  if (meant !== undefined) return `did you mean ${meant}?`;
  if (given === undefined)
    return `add it: pulumi config set --path '${formatPath(path)}' ${example ?? "VALUE"}`;
  return example === undefined ? "correct it" : `for example ${example}`;
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
export function schemaAt(schema: Schema, path: readonly (string | number)[]): Schema | undefined {
  const bare = unwrap(schema);
  const [step, ...rest] = path;
  if (step === undefined) return bare;
  if (bare instanceof z.ZodObject) return bare.shape[step] && schemaAt(bare.shape[step], rest);
  if (bare instanceof z.ZodRecord) return schemaAt(bare.valueType, rest);
  if (bare instanceof z.ZodArray) return schemaAt(bare.element, rest);
  return undefined;
}

/** A schema without what wraps it: defaults, optionality, and what is done to a value before or after it is checked. */
export function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
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

/** A value as an error may show it. Only a scalar where a scalar belongs is shown: all else can hold a secret. */
function show(value: unknown, schema: Schema | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (typeof value === "object") return Array.isArray(value) ? "a list" : "a map";
  const isContainer = [z.ZodObject, z.ZodRecord, z.ZodArray].some((kind) => schema instanceof kind);
  if (isContainer) return `a ${typeof value}`;
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
