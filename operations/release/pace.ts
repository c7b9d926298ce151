import { pause } from "../../cluster/until.ts";

/** Time, as a release knows it: another one can be put in its place. */
export interface Pace {
  now(): Date;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

export const REAL_PACE: Pace = { now: () => new Date(), pause };
