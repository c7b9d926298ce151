import { stringify } from "yaml";
import { z } from "zod";
import { unwrap } from "./schema-walk.ts";

type Schema = z.core.$ZodType;

/** A value that a setting takes: what its schema says, its default, or one made of those of its parts. */
export function exampleOf(schema: Schema): unknown {
  const own = z.globalRegistry.get(schema)?.example;
  if (own !== undefined) return own;
  if (schema instanceof z.ZodDefault && !isEmpty(schema.def.defaultValue)) return schema.def.defaultValue;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return exampleOf(schema.unwrap());
  }
  const bare = unwrap(schema);
  return bare === schema ? partsExample(schema) : exampleOf(bare);
}

/** A value as it is written in a stack file, on one line. */
export function showExample(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
}

function partsExample(schema: Schema): unknown {
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodArray) return [exampleOf(schema.element)];
  if (schema instanceof z.ZodRecord)
    return { [String(exampleOf(schema.keyType))]: exampleOf(schema.valueType) };
  if (!(schema instanceof z.ZodObject)) return undefined;
  const fields = Object.entries(schema.shape) as [string, Schema][];
  const needed = fields.filter(([, field]) => field._zod.optin === undefined);
  const shown = needed.length > 0 ? needed : fields.slice(0, 1);
  return Object.fromEntries(shown.map(([name, field]) => [name, exampleOf(field)]));
}

/** Whether a default says nothing of how a value looks. */
function isEmpty(value: unknown): boolean {
  return typeof value === "object" && Object.keys(value ?? {}).length === 0;
}
