/** The paths of all empty maps and lists in an object. */
export function empties(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 0) return [path];
  return entries.flatMap(([key, one]) => empties(one, `${path}.${key}`));
}
