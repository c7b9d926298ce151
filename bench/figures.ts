/** How long some work takes, in seconds. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** The middle of some figures; the lower one of two. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** The median of some seconds, and what they lie between. */
export function figures(took: readonly number[]): string {
  const range = `${Math.min(...took).toFixed(2)} to ${Math.max(...took).toFixed(2)}, ${took.length} runs`;
  return `${median(took).toFixed(2)} s${took.length > 1 ? ` (${range})` : ""}`;
}

export function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(38)}${figure}\n`);
}
