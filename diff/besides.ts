import { PROVIDER } from "../render/other-resource.ts";
import { isMap } from "../system/is-map.ts";
import { nameOf, type ObjectDiff, OTHER_URN } from "./object-diff.ts";
import { isOtherCluster } from "./other-cluster.ts";
import { GITHUB } from "./part-of.ts";

/** What no object of the cluster shows by itself, in a few words each: another cluster or account, protection, and what is on GitHub. */
export function besides(objects: readonly ObjectDiff[]): string[] {
  const onGitHub = objects.filter(({ part, kind }) => part === GITHUB && kind !== PROVIDER);
  const others = (what: ObjectDiff["what"]) =>
    named(
      `on GitHub, ${what}`,
      onGitHub.filter((one) => one.what === what && !one.stays),
    );
  return [
    ...objects.flatMap(otherCluster),
    ...objects.flatMap(otherAccount),
    ...named(
      "taken over under another name in the program, and removed with the former one",
      objects.filter(({ because }) => because?.includes(OTHER_URN)),
    ),
    ...named(
      "no longer protected from being lost",
      objects.filter((one) => isProtected(one).before),
    ),
    ...named(
      "protected from being lost from now on",
      objects.filter((one) => isProtected(one).after),
    ),
    ...(["added", "changed", "replaced", "removed"] as const).flatMap(others),
    ...named(
      "no longer declared on GitHub, where it stays as it is",
      onGitHub.filter(({ stays }) => stays),
    ),
  ];
}

/** What is said of a base whose program tells of the cluster's objects alone. */
export const OBJECTS_ALONE =
  "the program of the base tells of Kubernetes objects alone, so that protection, the cluster and GitHub are not compared";

/** The field that names the cluster, of the one provider of Kubernetes objects. */
const CONTEXT = "spec.context";

function otherCluster(object: ObjectDiff): string[] {
  if (!isOtherCluster(object)) return [];
  const { before, after } = object.fields.find(({ path }) => path === CONTEXT) ?? {};
  return [`all of it is made anew in another cluster, by the context ${after} in place of ${before}`];
}

/** The field that names the account, of the one provider of what is on GitHub. */
const OWNER = "spec.owner";

function otherAccount({ kind, part, fields }: ObjectDiff): string[] {
  if (kind !== PROVIDER || part !== GITHUB) return [];
  const owner = fields.find(({ path }) => path === OWNER);
  if (owner === undefined) return [];
  return [
    `all that is on GitHub is looked for at another account, ${owner.after} in place of ${owner.before}`,
  ];
}

/** Whether an object was protected and no longer is, or the other way round; neither where it stays as it was. */
function isProtected({ fields }: ObjectDiff): { readonly before: boolean; readonly after: boolean } {
  const field = fields.find(({ path }) => path === "pulumi" || path === "pulumi.protect");
  const holds = (value: unknown) => (isMap(value) ? value.protect : value) === true;
  return { before: holds(field?.before), after: holds(field?.after) };
}

/** As many objects are named in one line. */
const MOST = 6;

function named(title: string, objects: readonly ObjectDiff[]): string[] {
  if (objects.length === 0) return [];
  const names = objects.slice(0, MOST).map(nameOf);
  const more = objects.length - names.length;
  return [`${title}: ${[...names, ...(more > 0 ? [`${more} more`] : [])].join(", ")}`];
}
