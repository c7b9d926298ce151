import { MIGRATION } from "../components/migration/settings.ts";
import { API } from "../components/service/settings.ts";
import type { Settings } from "../components/settings.ts";
import { componentsOf } from "../components/totals.ts";
import { UserError } from "../errors.ts";
import type { Amounts } from "../kubernetes/amounts.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { type Masked, masked } from "../render/masked.ts";
import { PROVIDER } from "../render/other-resource.ts";
import { withoutOptions } from "../render/pulumi-options.ts";
import { type Redacted, redacted } from "../render/redacted.ts";
import { knownStacks } from "../settings/stacks.ts";
import { baseOf, type Former, formerStacks } from "./base.ts";
import { besides, OBJECTS_ALONE } from "./besides.ts";
import { type ObjectDiff, objectDiffs } from "./object-diff.ts";
import { isOtherCluster, refusedWithCluster } from "./other-cluster.ts";
import { partOf } from "./part-of.ts";
import { type QuotaUse, quotasOf } from "./quotas.ts";
import { type Restart, restarts } from "./restarts.ts";
import { totalsOf } from "./totals.ts";

/** What a change of this project does to a stack. */
export interface StackDiff {
  readonly stack: string;
  /** The commit that it is compared with. */
  readonly base: string;
  /** The name of a branch that has gone on since that commit, at which this checkout's began. */
  readonly forkedFrom?: string;
  /**
   * `new`: the base has no such stack. `gone`: only the base has it. `unknown`: it could not be rendered on one side, for
   * the reason in `wrong`.
   */
  readonly state: "same" | "changed" | "new" | "gone" | "unknown";
  readonly wrong?: { readonly side: "base" | "head"; readonly message: string };
  /** Kubernetes objects, and what else is declared: providers, and what is on GitHub. */
  readonly objects: readonly ObjectDiff[];
  /** What no object of the cluster shows by itself, in a few words each. */
  readonly besides: readonly string[];
  /** The pods that are ended, made, or made anew, in that order, and the Jobs that run. */
  readonly restarts: readonly Restart[];
  /** What is declared all the time, before and after. */
  readonly totals: { readonly before?: Amounts; readonly after?: Amounts };
  /** What of each quota is used, where one is set. */
  readonly quotas: readonly QuotaUse[];
}

export interface StackDiffsArgs {
  /** The checkout that is compared, with all that is not committed. */
  readonly root: string;
  /** What it is compared with, at the last commit in common: any name of a commit that git knows. */
  readonly base: string;
  /** The stacks that are compared. @default - all that there are on either side */
  readonly only?: readonly string[];
}

/** Compares stacks of this checkout with what they are at another commit; without an engine, a cluster or secrets. */
export async function stackDiffs({ root, base, only }: StackDiffsArgs): Promise<StackDiff[]> {
  const { commit, ...fork } = await baseOf(root, base);
  const former = await formerStacks(root, commit, only);
  const here = knownStacks(root);
  const known = [...new Set([...here, ...former.keys()])];
  const unknown = only?.find((stack) => !known.includes(stack));
  if (unknown !== undefined)
    throw new UserError(
      `There is no stack "${unknown}", here or at the base. There are: ${here.join(", ")}.`,
    );
  const stacks = only ?? known;
  const diffs: StackDiff[] = [];
  for (const stack of stacks) {
    const was = former.get(stack);
    const hasTexts = was === undefined || "wrong" in was || was.hasTexts;
    const now = here.includes(stack)
      ? await rendered(() => (hasTexts ? masked : redacted)(root, stack))
      : undefined;
    diffs.push({ stack, base: commit, ...fork, ...compared(was, now) });
  }
  return diffs;
}

type Now = Masked | Redacted | { readonly wrong: string };

async function rendered(render: () => Promise<Masked | Redacted>): Promise<Now> {
  try {
    return await render();
  } catch (error) {
    if (error instanceof UserError) return { wrong: error.message };
    throw error;
  }
}

/** What differs of a stack between two renderings; none on one side where there is no such stack. */
export function compared(
  former: Former | undefined,
  now: Now | undefined,
): Omit<StackDiff, "stack" | "base" | "forkedFrom"> {
  const nothing = { objects: [], besides: [], restarts: [], totals: {}, quotas: [] };
  if (now && "wrong" in now)
    return { ...nothing, state: "unknown", wrong: { side: "head", message: now.wrong } };
  if (former && "wrong" in former) {
    const totals = now ? { after: totalsOf(now.objects) } : {};
    return { ...nothing, totals, state: "unknown", wrong: { side: "base", message: former.wrong } };
  }
  const before = former?.objects ?? [];
  if (now === undefined)
    return {
      ...nothing,
      state: "gone",
      // No `up` runs, and so none refuses.
      objects: objectDiffs(before, [], partOf()).map(unrefused),
      totals: { before: totalsOf(before) },
    };
  const { settings } = now;
  const isAll = former === undefined || before.some(({ kind }) => kind === PROVIDER);
  const objects = isAll ? allOf(now) : now.objects.map(withoutOptions);
  const changes = refusedWithCluster(objectDiffs(before, objects, partOf(settings)), before, objects);
  // Nothing of it runs in another cluster yet.
  const there = changes.some(isOtherCluster) ? [] : before;
  const after = totalsOf(objects);
  const quotas = quotasOf(objects, settings);
  if (former === undefined) return { ...nothing, state: "new", objects: changes, totals: { after }, quotas };
  return {
    // Of what is not compared nobody knows that it is the same.
    state: changes.length === 0 && isAll ? "same" : "changed",
    objects: changes,
    besides: isAll ? besides(changes) : [OBJECTS_ALONE],
    restarts: restarts({ before: there, after: objects, objects: changes }, orderOf(settings)),
    totals: { before: totalsOf(before), after },
    quotas,
  };
}

/** Kubernetes objects, and what else a rendering has. */
function allOf(now: Masked | Redacted): readonly KubernetesObject[] {
  return "others" in now ? [...now.objects, ...now.others] : now.objects;
}

function unrefused({ refused: _, ...change }: ObjectDiff): ObjectDiff {
  return change;
}

/** The components in the order in which they come up: the migration before the API, whose pods need it. */
function orderOf(settings: Settings): string[] {
  const all = componentsOf(settings).map(({ component }) => component);
  const others = all.filter((component) => component !== MIGRATION);
  return others.flatMap((component) => (component === API ? [MIGRATION, API] : [component]));
}
