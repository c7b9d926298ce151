import { z } from "zod";
import { jsonIn } from "../../system/json-text.ts";

/** What became of a try to reach a host. */
const line = z.strictObject({
  host: z.string(),
  port: z.int(),
  outcome: z.enum(["open", "dns", "refused", "timeout", "reset", "unreachable", "tls"]),
  detail: z.string().optional(),
  /** What its name leads to. */
  addresses: z.array(z.string()),
  seconds: z.number(),
});

const last = z.strictObject({ lines: z.int() });

export type Tried = z.output<typeof line>;

/** What egress-check.py has said; nothing as long as a part of it is missing. Lines of others, as warnings, are none. */
export function triedIn(log: string): Tried[] | undefined {
  const values = log.split("\n").map(jsonIn);
  const tried = values.flatMap((value) => line.safeParse(value).data ?? []);
  const end = values.flatMap((value) => last.safeParse(value).data ?? []);
  return end.some(({ lines }) => lines === tried.length) ? tried : undefined;
}
