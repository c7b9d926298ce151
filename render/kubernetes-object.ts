/** A Kubernetes object as the program declares it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What others refer to comes before what refers to it. Kinds that are not listed stand before the workloads. */
const FIRST = [
  "Namespace",
  "TenantNamespace",
  "ServiceAccount",
  "Role",
  "RoleBinding",
  "Secret",
  "ConfigMap",
];
const LAST = ["Deployment", "StatefulSet", "Job", "CronJob"];

/** The same object with its fields in the order in which people read them. */
export function inReadingOrder({ apiVersion, kind, metadata, ...rest }: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations, ...more } = metadata;
  const ordered = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  return { apiVersion, kind, metadata: { ...ordered, ...more }, ...rest };
}

/** Compares two objects by the order in which they can be applied, then by namespace and name. */
export function order(a: KubernetesObject, b: KubernetesObject): number {
  return rank(a) - rank(b) || compare(sortKey(a), sortKey(b));
}

/** `Deployment packit--stg/packit-service`, as messages name an object. */
export function describe({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

/** The place of an object's kind in the order in which kinds can be applied. */
export function rank({ kind }: KubernetesObject): number {
  const first = FIRST.indexOf(kind);
  if (first >= 0) return first;
  return FIRST.length + 1 + LAST.indexOf(kind);
}

function sortKey({ kind, apiVersion, metadata }: KubernetesObject): string {
  return [kind, apiVersion, metadata.namespace ?? "", metadata.name].join("\0");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
