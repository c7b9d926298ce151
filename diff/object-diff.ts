import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { libraryOf } from "../render/other-resource.ts";
import { optionsOf, withoutUrn } from "../render/pulumi-options.ts";
import { inBytes } from "../schema/values.ts";
import { claim, sizeOf } from "./claim.ts";
import { type FieldDiff, fieldDiffs } from "./field-diff.ts";
import { replacing } from "./replacement.ts";

/** What happens to an object. */
export interface ObjectDiff {
  readonly what: "added" | "removed" | "changed" | "replaced";
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** The part of Packit Service that it belongs to, as its folder in `components/` is called. */
  readonly part: string;
  /** What an added object is. @default - it is not added */
  readonly added?: KubernetesObject;
  /** The fields that differ; none of an object that is added or removed. */
  readonly fields: readonly FieldDiff[];
  /** Why it is made anew. @default - it is not */
  readonly because?: readonly string[];
  /** Why it is refused: Pulumi has protected it, or the API server does not do it. @default - it is not */
  readonly refused?: string;
  /** Whether it is removed from the program alone, and stays where it is. @default false */
  readonly stays?: true;
}

/** What differs between two lists of objects, in the order in which the second, and then the first, have them. */
export function objectDiffs(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  partOf: PartOf,
): ObjectDiff[] {
  const were = new Map(before.map((object) => [keyOf(object), object]));
  const are = new Map(after.map((object) => [keyOf(object), object]));
  const present = after.flatMap((object) => {
    const former = were.get(keyOf(object));
    return former === undefined
      ? [{ ...outcome("added", object, partOf), added: withoutUrn(object) }]
      : changed(former, object, partOf);
  });
  const gone = before.filter((object) => !are.has(keyOf(object))).map((object) => removed(object, partOf));
  return [...present, ...gone];
}

/** `Deployment packit--stg/valkey` */
export function nameOf({ kind, namespace, name }: ObjectDiff): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** Tells the part that an object belongs to. */
export type PartOf = (object: KubernetesObject) => string;

function changed(before: KubernetesObject, after: KubernetesObject, partOf: PartOf): ObjectDiff[] {
  const fields = fieldDiffs(withoutUrn(before), withoutUrn(after));
  const isRenamed = before.metadata.name !== after.metadata.name;
  if (!isRenamed && isAnother(before, after)) return [taken(before, after, { fields, partOf })];
  if (fields.length === 0) return [];
  const because = isRenamed ? ["metadata.name"] : replacing(after, fields);
  if (because.length === 0) {
    const refused = shrinks(before, after) ? "no volume can be made smaller" : undefined;
    return [{ ...outcome("changed", after, partOf), fields, ...(refused && { refused }) }];
  }
  const kept = isRenamed ? {} : retained(before);
  return [{ ...outcome("replaced", after, partOf), fields, because, ...kept, ...refusal(before, after) }];
}

/** The reason of what the program has under another name or parent than before. */
export const OTHER_URN = "its name in the program";

/** Whether Pulumi takes it for another resource. An old base does not tell that. */
function isAnother(before: KubernetesObject, after: KubernetesObject): boolean {
  const [was, is] = [before, after].map((object) => optionsOf(object).urn);
  return was !== undefined && is !== undefined && was !== is;
}

/** Pulumi makes the new resource, and so changes the object, and removes that with the former one, unless it keeps it. */
function taken(
  before: KubernetesObject,
  after: KubernetesObject,
  { fields, partOf }: { readonly fields: readonly FieldDiff[]; readonly partOf: PartOf },
): ObjectDiff {
  const because = [OTHER_URN, ...replacing(after, fields)];
  return { ...outcome("replaced", after, partOf), fields, because, ...refusal(before) };
}

/** Pulumi removes nothing that it is to leave where it is, also not to make it anew; elsewhere than in a cluster it can. */
function retained(before: KubernetesObject): Pick<ObjectDiff, "refused"> {
  if (!optionsOf(before).retainOnDelete || libraryOf(before) !== undefined) return {};
  return {
    refused: "Pulumi leaves it where it is, and what never changes in place cannot be made anew then",
  };
}

function removed(object: KubernetesObject, partOf: PartOf): ObjectDiff {
  const { protect, retainOnDelete } = optionsOf(object);
  const stays = retainOnDelete && !protect;
  return { ...outcome("removed", object, partOf), ...(stays && { stays }), ...refusal(object) };
}

function outcome(what: ObjectDiff["what"], object: KubernetesObject, partOf: PartOf): ObjectDiff {
  const { kind, metadata } = object;
  return {
    what,
    kind,
    ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
    name: metadata.name,
    part: partOf(object),
    fields: [],
  };
}

/** Whether a volume is declared with a smaller size than it has; the API server takes larger ones alone. */
function shrinks(before: KubernetesObject, after: KubernetesObject): boolean {
  const [had, has] = [before, after].map((object) => claim.safeParse(object).data);
  return had !== undefined && has !== undefined && inBytes(sizeOf(has)) < inBytes(sizeOf(had));
}

/**
 * Why Pulumi refuses to lose an object. It removes none that its state has as protected, and makes none anew that is
 * protected before and after: protection can end in the run that makes an object anew.
 */
function refusal(...sides: readonly KubernetesObject[]): Pick<ObjectDiff, "refused"> {
  const [object] = sides;
  if (object === undefined || !sides.every((one) => optionsOf(one).protect)) return {};
  return { refused: LOST[object.kind] ?? "it is protected" };
}

/** What is lost with an object. */
const LOST: Readonly<Record<string, string>> = {
  Namespace: "with it goes all that is in it",
  TenantNamespace: "with it goes all that is in it",
  PersistentVolumeClaim: "it holds data",
};

/** The name of a Job without the digest of what it does. */
export function withoutDigest(name: string): string {
  return name.replace(/-[0-9a-f]{8}$/, "");
}

/** What an object is known by; the name of a Job that is made anew ends with a digest of what it does. */
function keyOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  const name = kind === "Job" ? withoutDigest(metadata.name) : metadata.name;
  return [group, kind, metadata.namespace ?? "", name].join("/");
}
