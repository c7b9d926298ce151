import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "./anything.ts";

/** Something that somebody may do: a verb on a kind of objects, or on some of them, in a namespace. */
export interface Right {
  readonly namespace: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** @default - every object */
  readonly name?: string | undefined;
}

/** What the Roles among some objects that are bound to an account give to it. */
export function rightsOf(objects: readonly KubernetesObject[], account: string): Right[] {
  const bindings = objects.filter(({ kind }) => kind === "RoleBinding") as Anything[];
  const bound = bindings.filter(({ subjects }) =>
    subjects.some(({ kind, name }: Anything) => kind === "ServiceAccount" && name === account),
  );
  return bound.flatMap(({ metadata, roleRef }) => {
    const role = objects.find(
      (one) =>
        one.kind === roleRef.kind &&
        one.metadata.name === roleRef.name &&
        one.metadata.namespace === metadata.namespace,
    );
    return role === undefined ? [] : rightsIn(role);
  });
}

/** What a Role gives. */
export function rightsIn(role: KubernetesObject): Right[] {
  const { metadata, rules } = role as Anything;
  return rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [undefined] }: Anything) =>
    apiGroups.flatMap((group: string) =>
      resources.flatMap((resource: string) =>
        verbs.flatMap((verb: string) =>
          resourceNames.map((name: string | undefined) => ({
            namespace: metadata.namespace,
            verb,
            group,
            resource,
            name,
          })),
        ),
      ),
    ),
  );
}

/** Whether some rights hold one, by RBAC's own rule: a right to some objects holds none to every object. */
export function holds(rights: readonly Right[], wanted: Right): boolean {
  return rights.some(
    ({ namespace, verb, group, resource, name }) =>
      namespace === wanted.namespace &&
      verb === wanted.verb &&
      group === wanted.group &&
      resource === wanted.resource &&
      (name === undefined || name === wanted.name),
  );
}
