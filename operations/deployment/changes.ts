import { isMap } from "../../system/is-map.ts";
import { type PreviewStep, SECRET, UNKNOWN } from "../../system/pulumi-preview.ts";

/** A value that a step changes. */
export interface Change {
  /** As `spec.replicas`. */
  readonly path: string;
  /** `add`, `update`, `delete`, each with `-replace` where it causes a replacement. */
  readonly kind: string;
  /** The value before and after, where there is one and it is short. */
  readonly before?: string;
  readonly after?: string;
}

/** The longest value that is shown, in characters. */
const LONGEST = 80;

/**
 * What a step changes, by paths in order.
 *
 * @param inputs What the step begins and ends with, without secrets.
 */
export function changesOf(
  { detailedDiff, diffReasons = [] }: Pick<PreviewStep, "detailedDiff" | "diffReasons">,
  inputs: { readonly before: unknown; readonly after: unknown },
): Change[] {
  const kinds = detailedDiff
    ? Object.entries(detailedDiff).map(([path, { kind }]) => [path, kind] as const)
    : diffReasons.map((path) => [path, "update"] as const);
  return kinds
    .map(([path, kind]) => {
      const [before, after] = [inputs.before, inputs.after].map((value) => shown(valueAt(value, path)));
      return { path, kind, ...(before && { before }), ...(after && { after }) };
    })
    .sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
}

/** The steps of a path: `["a key"]`, `[0]` and `key`. */
const PARTS = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g;

function valueAt(value: unknown, path: string): unknown {
  return [...path.matchAll(PARTS)].reduce<unknown>((at, [, quoted, index, key]) => {
    if (Array.isArray(at)) return at[Number(index)];
    const name = quoted?.replaceAll(/\\(.)/g, "$1") ?? key ?? "";
    return isMap(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }, value);
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === SECRET) return SECRET;
  if (value === UNKNOWN) return "known once it is made";
  const text = typeof value === "object" && value !== null ? undefined : JSON.stringify(value);
  return text === undefined || text.length > LONGEST ? "…" : text;
}
