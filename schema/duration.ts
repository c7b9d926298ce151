import { z } from "zod";
import { UserError } from "../errors.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A length of time, as `8h`. */
export const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhd]$/)
  .meta({ allowed: "a whole number with the unit s, m, h or d", example: "8h" });

/** The seconds that a text accepted by {@link duration} stands for. */
export function inSeconds(text: string): number {
  return Number.parseInt(text, 10) * (UNITS[text.slice(-1)] ?? 1);
}

/** The seconds of a length of time that an option gives. */
export function lengthOf(option: string, text: string): number {
  if (duration.safeParse(text).success) return inSeconds(text);
  throw new UserError(
    `${option} is "${text}". It takes a whole number above 0 with the unit s, m, h or d, as 10m.`,
  );
}

/** Seconds in the two largest units that they have, as `1h 30m`. */
export function showDuration(seconds: number): string {
  const parts = Object.entries(UNITS)
    .toReversed()
    .map(([unit, size], i, all) => {
      const above = all[i - 1]?.[1] ?? Number.POSITIVE_INFINITY;
      return [Math.floor((Math.max(0, seconds) % above) / size), unit] as const;
    });
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0s";
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(" ");
}
