import { PARTS } from "./parts.ts";

type AnyPart = (typeof PARTS)[number];

/** What all parts together say under one key of their declarations. */
export type All<K extends string> = Intersection<
  AnyPart extends infer P ? (P extends Record<K, infer V> ? V : never) : never
>;

/** All members of a union at once. */
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never;

type Declaring = { readonly [K in "settings" | "hosts" | "images" | "secrets"]?: object };

/** A map of what is said under one key, of all parts. The type says what the values are. */
export function all<K extends keyof Declaring>(key: K): All<K> {
  const parts: readonly Declaring[] = PARTS;
  return Object.assign({}, ...parts.map((part) => part[key])) as All<K>;
}
