import { type Context, slotsOf } from "./context.ts";
import { keptNames } from "./keep.ts";
import type { Held } from "./lease.ts";

/** The instances that a pull request is on, by its reference, as `ogr=123`. */
export async function instancesOf(
  context: Pick<Context, "client" | "pool">,
  reference: string,
): Promise<Held[]> {
  return (await slotsOf(context).held()).filter(({ references }) => references.includes(reference));
}

/** An instance whose pull request has no more use for it. */
export interface Over {
  readonly held: Held;
  /** Why it stays all the same, if it does. */
  readonly left: string | undefined;
}

/**
 * The instances that go with a pull request: those that it alone is on. One that others are on as well is left to them,
 * and one that is kept stays.
 *
 * @param isMeant Which of them; the others are passed over.
 * @param isKept Whether the pull request itself says that they are kept.
 */
export async function overWith(
  context: Pick<Context, "client" | "pool">,
  reference: string,
  { isMeant = () => true, isKept }: { readonly isMeant?: (held: Held) => boolean; readonly isKept: boolean },
): Promise<Over[]> {
  const kept = await keptNames(context.client);
  const all = (await instancesOf(context, reference)).filter(isMeant);
  return all.map((held) => {
    const others = held.references.filter((one) => one !== reference);
    if (others.length > 0) return { held, left: `${others.join(", ")} is on test in it as well` };
    return { held, left: isKept || kept.includes(held.name) ? "it is kept" : undefined };
  });
}
