import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { ReleaseContext } from "../operations/release/context.ts";
import type { Journal } from "../operations/release/journal.ts";
import type { Step } from "../operations/release/step.ts";

const begin = z.object({
  at: z.record(z.string(), z.string()),
  without: z.array(z.string()),
  accept: z.array(z.string()),
  // The only step, where one was begun by itself.
  alone: z.string().optional(),
});

/** What was said when a release was begun, and since. */
export function begunWith(journal: Journal): z.output<typeof begin> | undefined {
  return journal.begun(begin);
}

/** Writes down what is said of how a release is to go, for all that go on with it. */
export function keepWords({ journal, choices, ask, isDry }: ReleaseContext, alone?: Step): void {
  if (isDry) return;
  const former = begunWith(journal);
  const only = alone?.name ?? former?.alone;
  const record = {
    at: choices.at,
    without: [...choices.without],
    accept: [...ask.accepted],
    ...(only !== undefined && { alone: only }),
  };
  if (!isDeepStrictEqual(former, record)) journal.append({ type: "begin", record });
}
