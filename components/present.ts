/** A map without its `undefined` values, which the API would take for nulls. */
export function present<T extends object>(map: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  // The filter removes exactly what the type excludes.
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof present<T>
  >;
}
