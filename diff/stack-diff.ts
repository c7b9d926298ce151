import { MIGRATION } from "../components/migration/settings.ts";
import { API } from "../components/service/settings.ts";
import type { Settings } from "../components/settings.ts";
import { componentsOf } from "../components/totals.ts";
import type { Amounts } from "../kubernetes/amounts.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { redacted } from "../render/redacted.ts";
import { baseOf, commitOf } from "./base.ts";
import { type ObjectDiff, objectDiffs } from "./object-diff.ts";
import { type Restart, restarts } from "./restarts.ts";
import { totalsOf } from "./totals.ts";

/** What a change of this project does to a stack. */
export interface StackDiff {
  readonly stack: string;
  /** The commit that it is compared with. */
  readonly base: string;
  /** `new`: the base has no such stack. `unknown`: it could not be rendered there, for the reason in `wrong`. */
  readonly state: "same" | "changed" | "new" | "unknown";
  readonly wrong?: string;
  readonly objects: readonly ObjectDiff[];
  /** The pods that are ended and made anew, in that order, and the Jobs that run. */
  readonly restarts: readonly Restart[];
  /** What is declared all the time, before and after. */
  readonly totals: { readonly before?: Amounts; readonly after: Amounts };
}

export interface StackDiffArgs {
  /** The checkout that is compared, with all that is not committed. */
  readonly root: string;
  readonly stack: string;
  /** What it is compared with: any name of a commit that git knows. */
  readonly base: string;
}

/** Compares a stack of this checkout with what it is at another commit; without an engine, a cluster or secrets. */
export async function stackDiff({ root, stack, base }: StackDiffArgs): Promise<StackDiff> {
  const commit = await commitOf(root, base);
  const { objects, settings } = await redacted(root, stack);
  const former = await baseOf(root, commit, stack);
  const after = totalsOf(objects);
  const whole = { stack, base: commit };
  if ("wrong" in former)
    return { ...whole, state: "unknown", wrong: former.wrong, objects: [], restarts: [], totals: { after } };
  const before: readonly KubernetesObject[] = "objects" in former ? former.objects : [];
  const all = objectDiffs(before, objects);
  // Nothing of a disposable stack is protected.
  const changes = settings.disposable ? all.map(({ refused: _, ...change }) => change) : all;
  if ("absent" in former)
    return { ...whole, state: "new", objects: changes, restarts: [], totals: { after } };
  return {
    ...whole,
    state: changes.length === 0 ? "same" : "changed",
    objects: changes,
    restarts: restarts(before, objects, orderOf(settings)),
    totals: { before: totalsOf(before), after },
  };
}

/** The components in the order in which they come up: the migration before the API, whose pods need it. */
function orderOf(settings: Settings): string[] {
  const all = componentsOf(settings).map(({ component }) => component);
  const others = all.filter((component) => component !== MIGRATION);
  return others.flatMap((component) => (component === API ? [MIGRATION, API] : [component]));
}
