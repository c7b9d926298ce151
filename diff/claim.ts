import { z } from "zod";

/** A volume claim, as far as its size is of interest. */
export const claim = z.object({
  kind: z.literal("PersistentVolumeClaim"),
  spec: z.object({ resources: z.object({ requests: z.object({ storage: z.string() }) }) }),
});

/** The size that a claim asks for. */
export function sizeOf({ spec }: z.output<typeof claim>): string {
  return spec.resources.requests.storage;
}
