import { z } from "zod";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

/** How deep an object may be; those of this project are half as deep. */
const DEEPEST = 40;

const name = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/);
const texts = z.record(z.string().max(512), z.string().max(64 * 1024));

const object = z.looseObject({
  apiVersion: z
    .string()
    .max(253)
    .regex(/^[a-z0-9.]+(\/[a-z0-9]+)?$/),
  kind: z.string().regex(/^[A-Za-z]{1,63}$/),
  // Nothing but these: owners and finalizers would have others act.
  metadata: z.strictObject({
    name,
    namespace: name.optional(),
    labels: texts.optional(),
    annotations: texts.optional(),
  }),
});

const declared = z.strictObject({ objects: z.array(object).max(500) });
const failed = z.strictObject({ error: z.string() });

/** What a program has handed over, as plain data; anything but a list of objects is a UserError. */
export function plainObjects(text: string): KubernetesObject[] {
  const outcome = parsed(text);
  const failure = failed.safeParse(outcome);
  if (failure.success) throw new UserError(printable(failure.data.error));
  const checked = declared.safeParse(outcome);
  if (!checked.success) {
    const [{ path } = { path: [] }] = checked.error.issues;
    const where = path.length === 0 ? "nothing that can be read" : printable(path.join("."));
    throw new UserError(`it hands over something else than objects (${where})`);
  }
  const { objects } = checked.data;
  if (objects.some((one) => isDeeper(one, DEEPEST)))
    throw new UserError(`it hands over an object that is more than ${DEEPEST} levels deep`);
  // The schema gives every one the shape of an object.
  return objects as KubernetesObject[];
}

/** A text that a terminal shows as it is, and not too much of it. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out.
  return text.replaceAll(/[^\P{C}\n]|[\x00-\x09\x0b-\x1f\x7f]/gu, "").slice(0, 2000);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => {
      // It would be a prototype wherever an object is copied key by key.
      if (key === "__proto__") throw new SyntaxError("a key __proto__");
      return value;
    });
  } catch (error) {
    // A tree that is too deep to be walked is a RangeError.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isDeeper(one, levels - 1));
}
