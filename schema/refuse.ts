import type { z } from "zod";

/** What a check across several fields found wrong with one of them. */
export interface Refusal {
  readonly path: (string | number)[];
  /** The field's value, as it may be shown. */
  readonly value: string;
  readonly allowed: string;
  readonly remedy: string;
  /** The top-level settings besides its own that it follows from: of no use while one of them is wrong itself. */
  readonly reads?: readonly string[];
}

/** Refuses a value from within a schema's `superRefine`, in the words that its violation will have. */
export function refuse(context: z.core.$RefinementCtx, { path, value, allowed, remedy }: Refusal): void {
  context.addIssue({
    code: "custom",
    path,
    input: value,
    message: allowed,
    params: { remedy, depth: path.length },
  });
}
