import { CACHE_COMPONENT } from "../../components/repository-cache/settings.ts";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import type { Anything } from "./anything.ts";

/** What is amiss between the objects of a stack: names used twice, references to nothing, keys that nobody reads. */
export function faults(objects: readonly KubernetesObject[]): string[] {
  const pods = objects.flatMap(podsOf);
  return [
    ...twice(objects.map(nameOf)).map((name) => `${name} is declared twice`),
    ...pods.flatMap((pod) => dangling(objects, pod)),
    ...objects.flatMap((object) => selectsNothing(object, pods)),
    ...unused(objects, pods),
    ...objects.flatMap((object) => leadsNowhere(objects, object)),
  ];
}

interface Pod {
  readonly owner: KubernetesObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Anything;
  /** The names of the claims that its StatefulSet makes. */
  readonly claims: readonly string[];
}

function podsOf(owner: KubernetesObject): Pod[] {
  const { spec } = owner as Anything;
  const template = owner.kind === "CronJob" ? spec.jobTemplate.spec.template : spec?.template;
  if (template === undefined) return [];
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }: Anything) => metadata.name);
  return [{ owner, labels: template.metadata.labels, spec: template.spec, claims }];
}

/** What a pod refers to: its account, its files and claims, the Secrets of its environment, its volumes. */
function dangling(objects: readonly KubernetesObject[], { owner, spec, claims }: Pod): string[] {
  const { namespace } = owner.metadata;
  const wanted = [
    ["ServiceAccount", spec.serviceAccountName],
    ...uses(spec).map(([kind, name]) => [kind, name]),
  ];
  const missing = wanted.filter(([kind, name]) => !has(objects, kind, namespace, name));
  const keys = uses(spec).filter(([kind, name, key]) => {
    const { data = {} } = (find(objects, kind, namespace, name) ?? {}) as Anything;
    return key !== undefined && find(objects, kind, namespace, name) && !(key in data);
  });
  const volumes = [...(spec.volumes ?? []).map(({ name }: Anything) => name), ...claims];
  const mounts = containersOf(spec).flatMap(({ volumeMounts = [] }) => volumeMounts);
  return [
    ...missing.map(([kind, name]) => `${nameOf(owner)} names ${kind} ${name}, which is not there`),
    ...keys.map(
      ([kind, name, key]) => `${nameOf(owner)} reads ${key} of ${kind} ${name}, which has no such key`,
    ),
    ...mounts
      .filter(({ name }: Anything) => !volumes.includes(name))
      .map(({ name }: Anything) => `${nameOf(owner)} mounts ${name}, which is no volume of it`),
    ...volumes
      .filter((name) => !mounts.some((mount: Anything) => mount.name === name))
      .map((name) => `${nameOf(owner)} has the volume ${name}, which nothing mounts`),
    ...containersOf(spec).flatMap(({ name, volumeMounts = [] }) =>
      twice(volumeMounts.map(({ mountPath }: Anything) => mountPath)).map(
        (path) => `${nameOf(owner)} mounts ${path} twice in ${name}`,
      ),
    ),
  ];
}

type Use = readonly [kind: string, name: string, key?: string];

function uses(spec: Anything): Use[] {
  const ofVolumes = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim, projected }: Anything): Use[] => {
    if (persistentVolumeClaim) return [["PersistentVolumeClaim", persistentVolumeClaim.claimName]];
    return (projected?.sources ?? []).flatMap(({ secret, configMap }: Anything) => {
      const kind = secret ? "Secret" : "ConfigMap";
      const { name, items } = secret ?? configMap;
      return items.map(({ key }: Anything) => [kind, name, key]);
    });
  });
  const ofEnvironment = containersOf(spec).flatMap(({ env = [] }) =>
    env.flatMap(({ valueFrom }: Anything): Use[] => {
      const { name, key } = valueFrom?.secretKeyRef ?? {};
      return name === undefined ? [] : [["Secret", name, key]];
    }),
  );
  return [...ofVolumes, ...ofEnvironment];
}

/** The kinds whose objects choose pods by their labels. */
function selectsNothing(object: KubernetesObject, pods: readonly Pod[]): string[] {
  const { spec } = object as Anything;
  const selector = {
    Service: spec?.selector,
    PodDisruptionBudget: spec?.selector?.matchLabels,
    NetworkPolicy: spec?.podSelector?.matchLabels,
  }[object.kind as string];
  // Pods of that component are made when caches are filled.
  if (selector === undefined || selector.component === CACHE_COMPONENT) return [];
  const selected = pods.filter(({ owner, labels }) => {
    const isNear = owner.metadata.namespace === object.metadata.namespace;
    return isNear && Object.entries(selector).every(([key, value]) => labels[key] === value);
  });
  return selected.length > 0 ? [] : [`${nameOf(object)} selects no pod`];
}

/** Secrets, ConfigMaps, claims and accounts that nothing uses, and keys that nothing reads. */
function unused(objects: readonly KubernetesObject[], pods: readonly Pod[]): string[] {
  const ofSets = pods.flatMap(({ owner, claims }) =>
    claims.map(
      (claim) => `${owner.metadata.namespace}/PersistentVolumeClaim/${claim}-${owner.metadata.name}-`,
    ),
  );
  const used = pods.flatMap(({ owner, spec }) => [
    ...uses(spec).map((use) => [owner.metadata.namespace, ...use].join("/")),
    `${owner.metadata.namespace}/ServiceAccount/${spec.serviceAccountName}`,
  ]);
  // Who comes by a token runs nowhere here.
  const tokens = objects.filter(({ type }) => type === "kubernetes.io/service-account-token") as Anything[];
  const outside = tokens.map(({ metadata }) => {
    const name = metadata.annotations["kubernetes.io/service-account.name"];
    return `${metadata.namespace}/ServiceAccount/${name}`;
  });
  const ingresses = objects.filter(({ kind }) => kind === "Ingress") as Anything[];
  const certificates = ingresses.flatMap(({ spec }) =>
    spec.tls.map(({ secretName }: Anything) => secretName),
  );
  const builds = objects.filter(({ kind }) => kind === "BuildConfig") as Anything[];
  const logins = builds.flatMap(({ metadata, spec }) =>
    spec.output.pushSecret ? [`${metadata.namespace}/Secret/${spec.output.pushSecret.name}`] : [],
  );
  return objects.flatMap((object) => {
    const { kind, metadata } = object;
    const name = `${metadata.namespace}/${kind}/${metadata.name}`;
    if (kind === "ServiceAccount")
      return [...used, ...outside].includes(name) ? [] : [`nothing runs as ${name}`];
    if (kind === "PersistentVolumeClaim")
      // The workers themselves make the sandbox pods that use some of these.
      return used.includes(name) ||
        metadata.name.startsWith("sandcastle-") ||
        ofSets.some((start) => name.startsWith(start))
        ? []
        : [`nothing uses ${name}`];
    if (kind !== "Secret" && kind !== "ConfigMap") return [];
    if (certificates.includes(metadata.name) || logins.includes(name)) return [];
    const keys = Object.keys((object as Anything).data ?? {});
    return keys
      .filter((key) => !used.includes(`${name}/${key}`))
      .map((key) => `nothing reads ${key} of ${name}`);
  });
}

/** Routes, Ingresses, role bindings, builds and image triggers that lead to nothing. */
function leadsNowhere(objects: readonly KubernetesObject[], object: KubernetesObject): string[] {
  const { kind, metadata, spec } = object as Anything;
  const { namespace, annotations = {} } = metadata;
  const wanted: [string, string, string][] = [];
  if (kind === "Route") wanted.push(["Service", namespace, spec.to.name]);
  if (kind === "Ingress") wanted.push(["Secret", namespace, spec.tls[0].secretName]);
  if (kind === "RoleBinding") {
    const { roleRef, subjects } = object as Anything;
    wanted.push(["Role", namespace, roleRef.name]);
    for (const subject of subjects) wanted.push(["ServiceAccount", subject.namespace, subject.name]);
  }
  if (kind === "BuildConfig") {
    const streams = [spec.strategy.dockerStrategy.from, spec.output.to].filter(
      (one) => one.kind === "ImageStreamTag",
    );
    for (const { name } of streams) wanted.push(["ImageStream", namespace, name.split(":")[0]]);
    if (spec.output.pushSecret) wanted.push(["Secret", namespace, spec.output.pushSecret.name]);
  }
  for (const { from } of JSON.parse(annotations["image.openshift.io/triggers"] ?? "[]"))
    wanted.push(["ImageStream", namespace, from.name.split(":")[0]]);
  return wanted
    .filter(([wantedKind, place, name]) => !has(objects, wantedKind, place, name))
    .map(([wantedKind, , name]) => `${nameOf(object)} names ${wantedKind} ${name}, which is not there`);
}

function has(
  objects: readonly KubernetesObject[],
  kind: string,
  namespace: string | undefined,
  name: string,
): boolean {
  if (kind === "Secret" && servingCertificates(objects).includes(name)) return true;
  return find(objects, kind, namespace, name) !== undefined;
}

/** The Secrets that OpenShift makes for Services which ask for one. */
function servingCertificates(objects: readonly KubernetesObject[]): string[] {
  const annotation = "service.beta.openshift.io/serving-cert-secret-name";
  return objects.flatMap(({ metadata }) => metadata.annotations?.[annotation] ?? []);
}

function find(
  objects: readonly KubernetesObject[],
  kind: string,
  namespace: string | undefined,
  name: string,
): KubernetesObject | undefined {
  return objects.find(
    (one) => one.kind === kind && one.metadata.namespace === namespace && one.metadata.name === name,
  );
}

function containersOf(spec: Anything): Anything[] {
  return [...spec.containers, ...(spec.initContainers ?? [])];
}

function twice(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}
