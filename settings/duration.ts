import { z } from "zod";

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
