import { closest, distance } from "fastest-levenshtein";

/** The known name that a mistyped one most likely stands for, if any is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), known.map(lowerCase));
  const near = distance(name.toLowerCase(), best) <= Math.max(2, Math.floor(name.length / 3));
  return near ? known.find((candidate) => lowerCase(candidate) === best) : undefined;
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}
