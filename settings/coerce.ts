import { z } from "zod";
import { unwrap } from "./schema-walk.ts";

type Schema = z.core.$ZodType;

/**
 * A stack's values with each scalar of the type that its setting has. `pulumi config set` writes `true` and `2` as text,
 * and Pulumi's engine hands numbers over as text: whoever reads a stack file, it says the same.
 */
export function coerced(schema: Schema, value: unknown): unknown {
  const bare = unwrap(schema);
  if (Array.isArray(value)) {
    return bare instanceof z.ZodArray ? value.map((item) => coerced(bare.element, item)) : value;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => {
      const child = childOf(bare, key);
      return [key, child === undefined ? item : coerced(child, item)] as const;
    });
    return Object.fromEntries(entries);
  }
  return scalar(bare, value);
}

function childOf(schema: Schema, key: string): Schema | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[key];
  return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

function scalar(schema: Schema, value: unknown): unknown {
  if (schema instanceof z.ZodUnion) return value;
  if (typeof value === "string") {
    if (schema instanceof z.ZodBoolean && /^(true|false)$/.test(value)) return value === "true";
    const isNumber = schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral;
    if (isNumber && /^-?\d+$/.test(value)) return Number(value);
    return value;
  }
  const isText = schema instanceof z.ZodString || schema instanceof z.ZodEnum;
  return isText && (typeof value === "number" || typeof value === "boolean") ? String(value) : value;
}
