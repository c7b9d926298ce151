/** A variant of the predecessor's deployment that this project takes over. */
export type Variant = "packit-prod" | "packit-stg" | "packit-stg-unmanaged" | "packit-stg-optional";

const ALL: readonly Variant[] = ["packit-prod", "packit-stg", "packit-stg-unmanaged", "packit-stg-optional"];
const OPTIONAL: readonly Variant[] = ["packit-stg-optional"];
const WITH_VALKEY: readonly Variant[] = ["packit-prod", "packit-stg", "packit-stg-unmanaged"];
const PROD: readonly Variant[] = ["packit-prod"];

const each = (variants: readonly Variant[], ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, variants]));

/** What the predecessor deploys, by kind and name, and where. */
export const OBJECTS: Readonly<Record<string, Readonly<Record<string, readonly Variant[]>>>> = {
  Deployment: {
    ...each(ALL, "flower", "nginx", "packit-dashboard", "packit-service", "packit-service-beat"),
    ...each(ALL, "packit-service-fedmsg", "postgres-15", "pushgateway"),
    ...each(OPTIONAL, "redis", "redis-commander", "tokman"),
    ...each(WITH_VALKEY, "valkey"),
  },
  StatefulSet: each(ALL, "packit-worker-long-running", "packit-worker-short-running"),
  Service: {
    ...each(ALL, "flower", "nginx", "packit-dashboard", "packit-service", "postgres", "pushgateway"),
    ...each(OPTIONAL, "redis", "redis-commander", "tokman"),
    ...each(WITH_VALKEY, "valkey"),
  },
  Route: {
    ...each(ALL, "nginx", "packit-dashboard", "packit-service"),
    ...each(OPTIONAL, "redis-commander"),
  },
  ImageStream: {
    ...each(ALL, "nginx", "packit-dashboard", "packit-service", "packit-service-fedmsg", "packit-worker"),
    ...each(ALL, "pushgateway"),
    ...each(OPTIONAL, "fluentd", "tokman"),
  },
  PersistentVolumeClaim: {
    ...each(ALL, "postgres-15", "sandcastle-repository-cache-packit-worker-long-running-0"),
    ...each(PROD, "sandcastle-repository-cache-packit-worker-long-running-1"),
    ...each(OPTIONAL, "access-tokens-pvc", "redis-pvc"),
    ...each(WITH_VALKEY, "valkey-pvc"),
  },
  ConfigMap: {
    ...each(ALL, "nginx-config", "osh-config", "postgres-config", "redis-like-config"),
    ...each(OPTIONAL, "fluentd-config", "tokman-config"),
  },
  Secret: {
    ...each(ALL, "aws", "centpkg-sig", "flower-htpasswd", "github-app-private-key", "packit-config"),
    ...each(ALL, "packit-secrets", "packit-ssh", "postgres-secret", "sentry", "splunk"),
    ...each(OPTIONAL, "redis-commander-secret"),
  },
  TenantNamespace: {
    ...each(PROD, "prod-sandbox"),
    ...each(["packit-stg", "packit-stg-optional"], "stg-sandbox"),
  },
  Project: each(["packit-stg-unmanaged"], "packit-stg-sandbox"),
};

export interface Difference {
  /** What stands in its place. */
  readonly now?: readonly string[];
  readonly why: string;
  /** Whether no stack has it any more. */
  readonly always?: boolean;
}

/** The objects that are not there any more, or not always, and why. */
export const DIFFERENT: Readonly<Record<string, Difference>> = {
  "ConfigMap/redis-like-config": {
    now: ["ConfigMap/valkey-config"],
    why: "there is one store, with settings of its own",
    always: true,
  },
  "Deployment/redis": { now: ["Deployment/valkey"], why: "Valkey is the one store", always: true },
  "Service/redis": { now: ["Service/valkey"], why: "Valkey is the one store", always: true },
  "PersistentVolumeClaim/redis-pvc": {
    now: ["PersistentVolumeClaim/valkey-pvc"],
    why: "Valkey is the one store",
    always: true,
  },
  "Secret/splunk": { why: "only the side-car reads it, and it is there with the side-car" },
  "Project/packit-stg-sandbox": {
    now: ["Namespace/packit--stg-sandbox"],
    why: "a Project is made from its Namespace, and the sandbox has one name on every platform",
    always: true,
  },
};
