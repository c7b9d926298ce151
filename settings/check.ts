import { z } from "zod";
import { exampleOf, showExample } from "./example.ts";
import { nearest } from "./nearest.ts";
import { formatPath } from "./path.ts";
import { schemaAt, wrappedAt } from "./schema-walk.ts";
import { remedyForKey, type Violation } from "./violation.ts";

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
  const map = issue.path.slice(0, issue.path.length - Number(issue.params?.depth));
  return issues.some(({ code, path }) => code !== "custom" && map.every((step, i) => path[i] === step));
}

function violationsOf(schema: Schema, value: unknown, issue: Issue, above: Violation["path"]): Violation[] {
  const inner = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const path = [...above, ...inner];
  const at = schemaAt(schema, inner);
  const given = valueAt(value, inner);
  if (issue.code === "unrecognized_keys") {
    const known = at instanceof z.ZodRecord ? keysOf(at) : knownKeys(at);
    const taken = typeof given === "object" && given !== null ? Object.keys(given) : [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      // A value in the wrong place can be a secret.
      given: "an unknown key",
      allowed: `one of ${known.join(", ")}`,
      remedy: withoutPath(schema, [...path, key]) ?? remedyForKey(key, known, taken),
    }));
  }
  if (issue.code === "invalid_key") {
    const map = schemaAt(schema, inner.slice(0, -1));
    const key = map instanceof z.ZodRecord ? map.keyType : undefined;
    const allowed = `as a key, ${(key && allowedOf(key)) ?? issue.message}`;
    return [
      { path, given: "another key", allowed, remedy: `for example ${showExample(key && exampleOf(key))}` },
    ];
  }
  if (given === undefined && at instanceof z.ZodObject) return check(at, {}, path).violations;
  const example = exampleOf(wrappedAt(schema, inner) ?? schema);
  const { allowed, remedy } = hintOf(at, issue, given, example);
  return [{ path, given: show(given, at), allowed, remedy }];
}

/** What to do about a key that `pulumi config set` made because it was not told that it is a path. */
function withoutPath(schema: Schema, path: Violation["path"]): string | undefined {
  const [key] = path;
  if (path.length > 1 || typeof key !== "string") return undefined;
  const steps = stepsOf(key);
  if (steps.length < 2) return undefined;
  const remove = `pulumi config rm '${formatPath([]).concat(key)}'`;
  if (steps[0] === "secrets")
    return `set without --path; ${remove}, then pulumi config set --secret --path '${formatPath(steps)}'`;
  const meant = wrappedAt(schema, steps);
  if (meant === undefined) return undefined;
  return `set without --path; ${remove}, then pulumi config set --path '${formatPath(steps)}' ${showExample(exampleOf(meant))}`;
}

/** The steps of a path as Pulumi takes it: `a.b`, `a["b.c"]`, `a[0]`. */
function stepsOf(key: string): (string | number)[] {
  return [...key.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, name]) =>
    index === undefined ? (quoted ?? name ?? "") : Number(index),
  );
}

function hintOf(
  schema: Schema | undefined,
  issue: Issue,
  given: unknown,
  example: unknown,
): Pick<Violation, "allowed" | "remedy"> {
  const shown = `for example ${showExample(example)}`;
  if (issue.code === "custom") return { allowed: issue.message, remedy: issue.params?.remedy ?? shown };
  const allowed = (schema && allowedOf(schema)) ?? issue.message;
  if (given === undefined) return { allowed, remedy: { set: example } };
  const known = schema instanceof z.ZodEnum ? schema.options.map(String) : [];
  const meant = typeof given === "string" ? nearest(given, known) : undefined;
  return { allowed, remedy: meant === undefined ? shown : `did you mean ${meant}?` };
}

/** What a setting takes, in words. */
function allowedOf(schema: Schema): string | undefined {
  const { allowed } = z.globalRegistry.get(schema) ?? {};
  if (allowed !== undefined) return allowed;
  if (schema instanceof z.ZodEnum) return schema.options.join(", ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].join(", ");
  if (schema instanceof z.ZodObject) return `a map of ${knownKeys(schema).join(", ")}`;
  if (schema instanceof z.ZodRecord) return "a map";
  if (schema instanceof z.ZodArray) return isNeverEmpty(schema) ? "a list of one item or more" : "a list";
  return undefined;
}

function isNeverEmpty({ def }: z.ZodArray): boolean {
  return def.checks?.some((one) => one._zod.def.check === "min_length") === true;
}

function knownKeys(schema: Schema | undefined): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function keysOf({ keyType }: z.ZodRecord): string[] {
  return keyType instanceof z.ZodEnum ? keyType.options.map(String) : [];
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
  if (/:\/\/.*@/s.test(String(value))) return "an address with a user or password in it";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
