import { DIGEST_ANNOTATION } from "../kubernetes/digest-annotation.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { isMap } from "../system/is-map.ts";
import { digestChange } from "./digest.ts";
import { fieldDiffs } from "./field-diff.ts";

/** A pod template before and after a change, and the objects around it. */
interface Change {
  readonly before: readonly KubernetesObject[];
  readonly after: readonly KubernetesObject[];
  readonly was: unknown;
  readonly is: unknown;
  readonly namespace: string | undefined;
}

/** Why pods are made anew: what changes of their template, and the keys that they read and that change. */
export function reasons({ before, after, was, is, namespace }: Change): string[] {
  const paths = [...new Set(fieldDiffs(was, is).map(({ path }) => path.replace(/^spec\./, "")))];
  const digest = `metadata.annotations["${DIGEST_ANNOTATION}"]`;
  const others = paths.filter((path) => path !== digest).map((path) => digestChange(path) ?? path);
  if (!paths.includes(digest)) return others;
  const files = readKeys(is).filter(
    (one) => contentOf(before, namespace, one) !== contentOf(after, namespace, one),
  );
  return [...others, ...new Set(files.map(({ kind, name, key }) => `${key} of ${kind} ${name}`))];
}

/** A key of a Secret or ConfigMap. */
interface Key {
  readonly kind: "Secret" | "ConfigMap";
  readonly name: string;
  readonly key: string;
}

function contentOf(
  objects: readonly KubernetesObject[],
  namespace: string | undefined,
  { kind, name, key }: Key,
): unknown {
  const found = objects.find(
    ({ kind: its, metadata }) => its === kind && metadata.name === name && metadata.namespace === namespace,
  );
  const content = found?.stringData ?? found?.data;
  return isMap(content) ? content[key] : undefined;
}

/** The keys that a pod template mounts, or reads into variables, in the order in which it names them. */
function readKeys(template: unknown): Key[] {
  if (Array.isArray(template)) return template.flatMap(readKeys);
  if (!isMap(template)) return [];
  return Object.entries(template).flatMap(([field, value]): Key[] => {
    if (!isMap(value)) return readKeys(value);
    const { name, key, items } = value;
    if (typeof name !== "string") return readKeys(value);
    if (field === "secret" || field === "configMap")
      return keysOf(items).map((one) => ({
        kind: field === "secret" ? "Secret" : "ConfigMap",
        name,
        key: one,
      }));
    if ((field === "secretKeyRef" || field === "configMapKeyRef") && typeof key === "string")
      return [{ kind: field === "secretKeyRef" ? "Secret" : "ConfigMap", name, key }];
    return readKeys(value);
  });
}

function keysOf(items: unknown): string[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => (isMap(item) && typeof item.key === "string" ? [item.key] : []));
}
