import { DECLARED } from "../components/schema.ts";
import type { Settings } from "../components/settings.ts";
import { partsOf } from "../components/totals.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { libraryOf } from "../render/other-resource.ts";

/** What is of no one part: namespaces, credentials, what several parts read. */
const WHOLE = "stack";

/** What is on GitHub. */
export const GITHUB = "github";

/**
 * Tells the part that an object belongs to, by its name: objects are named after components of the stack. One of a part
 * that the stack has no longer is known by the part's own name in its.
 *
 * @param settings The stack's. @default - the stack is gone
 */
export function partOf(settings?: Settings): (object: KubernetesObject) => string {
  const owned = settings ? namesIn(settings) : [];
  return (object) => {
    if (libraryOf(object) === GITHUB) return GITHUB;
    const { name } = object.metadata;
    const owner = owned.find((one) => name === one.name || name.startsWith(`${one.name}-`));
    return owner?.part ?? namedIn(name) ?? WHOLE;
  };
}

/** The names of each part's components and volumes, the longest first. */
function namesIn(settings: Settings): readonly { readonly part: string; readonly name: string }[] {
  const all = partsOf(settings).flatMap(({ name: part, components, claims }) => [
    ...(components?.(settings) ?? []).map(({ component }) => ({ part, name: component })),
    ...(claims?.(settings) ?? []).map(({ name }) => ({ part, name })),
  ]);
  return all.toSorted((a, b) => b.name.length - a.name.length);
}

/** The part whose name stands last in another one: `packit-service-fedmsg` is the listener's. */
function namedIn(name: string): string | undefined {
  const found = DECLARED.map((part) => ({ part: part.name, at: `-${name}-`.lastIndexOf(`-${part.name}-`) }));
  const [last] = found.filter(({ at }) => at >= 0).toSorted((a, b) => b.at - a.at);
  return last?.part;
}
