import { UserError } from "../../errors.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { describe, type KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { isThePools } from "./namespaces.ts";
import { claimFaults, listOf, mapOf, podFaults } from "./pod-faults.ts";
import { STAND_INS } from "./stand-in-secret.ts";

/** What is known of an instance without its program. */
export interface Admitted {
  readonly name: string;
  /** The hosts that lead to it. */
  readonly hosts: readonly string[];
}

/**
 * Refuses, all at once, what no test instance may have, whatever its program says: an object outside of its namespaces,
 * without its label, of another kind than those below, or with rights over anything else.
 */
export function refuseUnfit(instance: Admitted, objects: readonly KubernetesObject[]): void {
  const around = { ...instance, objects };
  const lines = objects.flatMap((object, i) => {
    const isTwice = objects.findIndex((one) => isSame(one, object)) < i;
    const faults = [...faultsOf(object, around), ...(isTwice ? ["it is declared twice"] : [])];
    return faults.length === 0 ? [] : [`  ${describe(object)}: ${[...new Set(faults)].join(", ")}`];
  });
  if (lines.length > 0)
    throw new UserError(
      [
        `The program of ${instance.name} declares what no test instance may have, and so nothing was made:`,
        ...lines,
      ].join("\n"),
    );
}

interface Around extends Admitted {
  readonly objects: readonly KubernetesObject[];
}

type Rule = (object: KubernetesObject, around: Around) => string[];

/** The kinds that an instance may have, and what of each it may not. */
const RULES: Readonly<Record<string, Rule>> = {
  "v1/Namespace": namespaceFaults,
  "v1/ServiceAccount": ({ metadata }) =>
    metadata.annotations === undefined ? [] : ["an account with annotations"],
  "v1/Secret": ({ type = "Opaque" }) =>
    ["Opaque", "kubernetes.io/tls"].includes(String(type))
      ? []
      : ["its type is neither Opaque nor kubernetes.io/tls"],
  "v1/ConfigMap": allowed,
  "v1/Service": ({ spec }) => serviceFaults(mapOf(spec)),
  "v1/PersistentVolumeClaim": ({ spec }) => claimFaults(mapOf(spec)),
  "v1/ResourceQuota": allowed,
  "v1/LimitRange": allowed,
  "apps/v1/Deployment": workloadFaults,
  "apps/v1/StatefulSet": workloadFaults,
  "batch/v1/Job": workloadFaults,
  "batch/v1/CronJob": ({ spec, ...object }, around) =>
    workloadFaults({ ...object, spec: mapOf(mapOf(spec).jobTemplate).spec }, around),
  "networking.k8s.io/v1/NetworkPolicy": allowed,
  "networking.k8s.io/v1/Ingress": ingressFaults,
  "policy/v1/PodDisruptionBudget": allowed,
  "rbac.authorization.k8s.io/v1/Role": ({ rules }) => listOf(rules).flatMap(ruleFaults),
  "rbac.authorization.k8s.io/v1/RoleBinding": bindingFaults,
  "image.openshift.io/v1/ImageStream": allowed,
  "route.openshift.io/v1/Route": ({ spec }, { hosts }) => hostFaults([mapOf(spec).host], hosts),
};

function faultsOf(object: KubernetesObject, around: Around): string[] {
  const { apiVersion, kind, metadata } = object;
  const key = `${apiVersion}/${kind}`;
  const rule = Object.hasOwn(RULES, key) ? RULES[key] : undefined;
  if (rule === undefined) return [`${apiVersion} ${kind} is no kind that an instance has`];
  const [own, sandbox] = namespacesOf(around.name);
  const space = kind === "Namespace" ? metadata.name : metadata.namespace;
  const isElsewhere = space !== own && space !== sandbox;
  const owner = metadata.labels?.[STACK_LABEL];
  return [
    ...(isElsewhere ? [`it is not in ${own} or ${sandbox}`] : []),
    ...(kind === "Namespace" && metadata.namespace !== undefined ? ["a namespace in a namespace"] : []),
    ...(owner === stackOf(around.name) ? [] : [`its label ${STACK_LABEL} is not ${stackOf(around.name)}`]),
    ...(kind === "Secret" && metadata.name === STAND_INS
      ? ["its name is that of the instance's stand-ins"]
      : []),
    ...(isThePools(object) ? ["its name is that of one which the pool puts there itself"] : []),
    ...rule(object, around),
  ];
}

function allowed(): string[] {
  return [];
}

/** What others act on: their quotas, their network policies, and who may run what. */
function namespaceFaults({
  metadata: { labels = {}, annotations = {} },
  spec,
  status,
}: KubernetesObject): string[] {
  // Others of this project say that an instance is kept, and of which pool it is.
  const isOwn = (key: string) => key === STACK_LABEL || key.startsWith("pod-security.kubernetes.io/");
  return [
    ...Object.keys(labels)
      .filter((key) => !isOwn(key))
      .map(() => "a namespace with labels of others"),
    ...(Object.values(labels).includes("privileged") ? ["a namespace of privileged pods"] : []),
    ...Object.keys(annotations)
      .filter((key) => key !== TOLERATIONS && !key.startsWith("packit.dev/"))
      .map(() => "a namespace with annotations of others"),
    ...(spec === undefined && status === undefined ? [] : ["a namespace with more than its name"]),
  ];
}

/** The one annotation that this project's own namespaces have. */
const TOLERATIONS = "scheduler.alpha.kubernetes.io/defaultTolerations";

function serviceFaults({
  type = "ClusterIP",
  externalIPs,
  externalName,
}: Readonly<Record<string, unknown>>): string[] {
  return type === "ClusterIP" && externalIPs === undefined && externalName === undefined
    ? []
    : ["a Service that is more than a ClusterIP"];
}

function workloadFaults({ metadata, spec }: KubernetesObject, { objects }: Around): string[] {
  const { template, volumeClaimTemplates } = mapOf(spec);
  return [
    ...podFaults(mapOf(mapOf(template).spec), accountsIn(objects, metadata.namespace)),
    ...listOf(volumeClaimTemplates).flatMap((claim) => claimFaults(mapOf(claim.spec))),
  ];
}

function accountsIn(objects: readonly KubernetesObject[], namespace: string | undefined): string[] {
  return objects
    .filter(({ kind, metadata }) => kind === "ServiceAccount" && metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name);
}

/** What may be done in an instance's own namespaces by its accounts: that which sandboxes need. */
const RIGHTS = {
  apiGroups: [""],
  resources: ["configmaps", "events", "persistentvolumeclaims", "pods", "pods/exec", "pods/log", "services"],
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
};

function ruleFaults(rule: Readonly<Record<string, unknown>>): string[] {
  const isWithin = Object.entries(RIGHTS).every(([key, known]) => {
    const asked = rule[key];
    return Array.isArray(asked) && asked.every((one) => known.includes(one));
  });
  const isMore = Object.keys(rule).some((key) => !(key in RIGHTS) && key !== "resourceNames");
  return isWithin && !isMore ? [] : ["a right that no sandbox needs"];
}

/** Only the instance's own accounts get rights, and only those of a Role beside the binding. */
function bindingFaults({ metadata, roleRef, subjects }: KubernetesObject, { objects }: Around): string[] {
  const { kind, name, apiGroup = "rbac.authorization.k8s.io" } = mapOf(roleRef);
  const isDeclared = objects.some(
    (one) =>
      one.kind === "Role" && one.metadata.name === name && one.metadata.namespace === metadata.namespace,
  );
  const isOwnRole = kind === "Role" && apiGroup === "rbac.authorization.k8s.io" && isDeclared;
  const isOwn = (subject: Readonly<Record<string, unknown>>) =>
    subject.kind === "ServiceAccount" &&
    (subject.apiGroup ?? "") === "" &&
    accountsIn(objects, String(subject.namespace ?? "")).includes(String(subject.name));
  return [
    ...(isOwnRole ? [] : ["it binds another role than one declared beside it"]),
    ...(listOf(subjects).every(isOwn) ? [] : ["it gives rights to others than the instance's own accounts"]),
  ];
}

/** The annotations of an Ingress that its controller acts on, as far as this project uses them. */
const INGRESS_ANNOTATIONS =
  /^(pulumi\.com\/skipAwait|nginx\.ingress\.kubernetes\.io\/(backend-protocol|ssl-passthrough|proxy-body-size))$/;

function ingressFaults(
  { metadata: { annotations = {} }, spec }: KubernetesObject,
  { hosts }: Around,
): string[] {
  const { rules, tls, defaultBackend } = mapOf(spec);
  const named = [...listOf(rules).map(({ host }) => host), ...listOf(tls).flatMap((one) => one.hosts ?? [])];
  return [
    ...hostFaults(named, hosts),
    ...(defaultBackend === undefined ? [] : ["it takes what is for no host"]),
    ...Object.keys(annotations)
      .filter((key) => !INGRESS_ANNOTATIONS.test(key))
      .map(() => "an annotation that this project does not use"),
  ];
}

function hostFaults(named: readonly unknown[], hosts: readonly string[]): string[] {
  return named.every((host) => hosts.includes(String(host)))
    ? []
    : [`a host that is none of ${hosts.join(", ")}`];
}

function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.apiVersion === b.apiVersion && describe(a) === describe(b);
}
