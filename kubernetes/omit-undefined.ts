/** A map without its `undefined` values, which the API would take for nulls. */
export function omitUndefined<T extends object>(map: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // The filter removes exactly what the type excludes.
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof omitUndefined<T>
  >;
}

/** A map without those of its maps that are empty, which the API server drops. */
export function omitEmpty<T extends Readonly<Record<string, object>>>(map: T): Partial<T> {
  // Leaving keys out is what `Partial` says.
  return Object.fromEntries(
    Object.entries(map).filter(([, value]) => Object.keys(value).length > 0),
  ) as Partial<T>;
}
