import { UserError } from "../errors.ts";

/** Does every piece of work, and throws what is wrong with any of them at once, a line each. */
export function everyMistake<T extends Readonly<Record<string, () => unknown>>>(
  work: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } {
  const mistakes: string[] = [];
  const done = Object.entries(work).map(([name, one]) => {
    try {
      return [name, one()];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      mistakes.push(error.message);
      return [name, undefined];
    }
  });
  if (mistakes.length > 0) throw new UserError([...new Set(mistakes)].join("\n"));
  // Each has its entry, with what it returned.
  return Object.fromEntries(done) as { [K in keyof T]: ReturnType<T[K]> };
}

/** The same for work of one kind. */
export function allOf<T, R>(all: readonly T[], work: (one: T) => R): R[] {
  return Object.values(everyMistake(Object.fromEntries(all.map((one, i) => [i, () => work(one)]))));
}
