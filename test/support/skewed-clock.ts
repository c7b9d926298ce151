import { AsyncLocalStorage } from "node:async_hooks";

const offsets = new AsyncLocalStorage<number>();

/** How far the clocks of participants may be wrong, in milliseconds. */
export const SKEWS = [-600_000, 0, 600_000] as const;

/** Does work as on a machine whose clock is wrong by `offset` milliseconds; {@link skewDates} must be on. */
export function onMachine<T>(offset: number, work: () => T): T {
  return offsets.run(offset, work);
}

/** Has each `Date` of this process be that of the machine that asks; returns what undoes it. */
export function skewDates(): () => void {
  const TrueDate = globalThis.Date;
  const now = () => TrueDate.now() + (offsets.getStore() ?? 0);
  const skewed = class extends TrueDate {
    constructor(...given: [] | [value: number | string | Date]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
    static override now = now;
  };
  // Calls without `new`, which nothing here makes, are all that it lacks.
  globalThis.Date = skewed as DateConstructor;
  return () => {
    globalThis.Date = TrueDate;
  };
}
