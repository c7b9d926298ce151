import type { Tenancy } from "../../operations/test-instances/tenancy.ts";
import { PART_NAMES } from "../../settings/test-instance.ts";

// Every part has its entry.
const PARTS = Object.fromEntries(PART_NAMES.map((name) => [name, true])) as Tenancy["parts"];

/** A tenancy of a slot as small as there can be. */
export function tenancy(name: string): Tenancy {
  return {
    name,
    references: [],
    base: "stage",
    url: "https://x",
    owner: "me",
    commits: {},
    engine: "apply",
    run: name,
    wasUp: false,
    parts: PARTS,
    images: {},
    requests: { cpu: 1, memory: 1 },
    state: "deploying",
  };
}

/** How long it holds a slot, and what all may ask for, as {@link Slots.take} wants it. */
export const TAKE_ARGS = { ttlSeconds: 3600, budget: { cpu: 1000, memory: 1000 } };
