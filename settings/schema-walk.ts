import { z } from "zod";

type Schema = z.core.$ZodType;

/** The schema of the value at `path` with what wraps it: defaults and optionality. */
export function wrappedAt(schema: Schema, path: readonly (string | number)[]): Schema | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const bare = unwrap(schema);
  if (bare instanceof z.ZodObject) {
    const child = Object.hasOwn(bare.shape, step) ? bare.shape[step] : undefined;
    return child && wrappedAt(child, rest);
  }
  if (bare instanceof z.ZodRecord) return wrappedAt(bare.valueType, rest);
  return bare instanceof z.ZodArray ? wrappedAt(bare.element, rest) : undefined;
}

/** The schema of the value at `path`, what wraps it taken off. */
export function schemaAt(schema: Schema, path: readonly (string | number)[]): Schema | undefined {
  const found = wrappedAt(schema, path);
  return found && unwrap(found);
}

/** A schema without what wraps it: defaults, optionality, and what is done to a value before or after it is checked. */
export function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodPipe)
    return unwrap(schema.in instanceof z.ZodTransform ? schema.out : schema.in);
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}
