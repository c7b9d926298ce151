import { STORAGE_CLASS } from "../../local/fixtures.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

interface Workload {
  readonly name: string;
  readonly kind?: "StatefulSet";
  readonly container?: string;
  readonly image: string;
  /** Paths of mounts by the volumes' names. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly volumes?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
  readonly more?: object;
  readonly pod?: object;
}

const SECRETS = { name: "packit-secrets", secret: { secretName: "packit-secrets" } };
const CONFIG = { name: "packit-config", secret: { secretName: "packit-config" } };
const SSH = { name: "packit-ssh", secret: { secretName: "packit-ssh" } };
const APP = { name: "gh-secrets", secret: { secretName: "github-app-private-key" } };
const HOME = "/home/packit/.config";
const WORKER_LIVENESS = {
  exec: { command: ["bash", "-c", 'celery -A $APP status | grep "$(uname -n): OK"'] },
  initialDelaySeconds: 600,
  periodSeconds: 600,
  timeoutSeconds: 300,
};

const worker = (name: string): Workload => ({
  name,
  kind: "StatefulSet",
  container: "packit-worker",
  image: "packit-worker:prod",
  volumes: [
    SSH,
    SECRETS,
    { name: CONFIG.name, projected: { sources: [{ secret: { name: "packit-config" } }] } },
    APP,
  ],
  mounts: {
    "packit-ssh": "/packit-ssh",
    "packit-secrets": "/secrets",
    "packit-config": HOME,
    "gh-secrets": "/gh-secrets",
  },
  env: { REDIS_SERVICE_HOST: "valkey", PUSHGATEWAY_ADDRESS: "http://pushgateway" },
  more: { livenessProbe: WORKER_LIVENESS },
  pod: { terminationGracePeriodSeconds: 10 },
});

const CACHE = {
  metadata: { name: "packit-worker-repository-cache" },
  spec: {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "4Gi" } },
    storageClassName: STORAGE_CLASS,
  },
};

const claim = (name: string, claimName: string) => ({ name, persistentVolumeClaim: { claimName } });

const WORKLOADS: readonly Workload[] = [
  {
    name: "postgres-15",
    container: "postgres",
    image: "quay.io/sclorg/postgresql-15-c9s",
    volumes: [
      claim("postgres-data", "postgres-15"),
      { name: "postgres-config", configMap: { name: "postgres-config" } },
      { name: "cache-volume", emptyDir: { medium: "Memory", sizeLimit: "128Mi" } },
    ],
    mounts: { "postgres-data": "/var/lib/pgsql/data", "postgres-config": "/opt/app-root/src/postgresql-cfg" },
    more: {
      imagePullPolicy: "IfNotPresent",
      livenessProbe: {
        exec: { command: ["/usr/libexec/check-container", "--live"] },
        initialDelaySeconds: 120,
        timeoutSeconds: 10,
      },
    },
  },
  {
    name: "valkey",
    image: "valkey/valkey:8",
    volumes: [
      claim("valkey-pv", "valkey-pvc"),
      { name: "redis-like-config", configMap: { name: "redis-like-config" } },
    ],
    mounts: { "valkey-pv": "/data", "redis-like-config": "/etc/redislike" },
    more: { args: ["/etc/redislike/redis.conf"] },
  },
  {
    name: "packit-service",
    image: "packit-service:prod",
    volumes: [SECRETS, CONFIG, APP],
    mounts: { "packit-secrets": "/secrets", "packit-config": HOME, "gh-secrets": "/gh-secrets" },
    env: { REDIS_SERVICE_HOST: "valkey" },
    more: { command: ["/usr/bin/run_httpd.sh"] },
  },
  worker("packit-worker-short-running"),
  worker("packit-worker-long-running"),
  {
    name: "packit-service-beat",
    image: "packit-worker:prod",
    volumes: [SSH, SECRETS, CONFIG],
    mounts: { "packit-ssh": "/packit-ssh", "packit-secrets": "/secrets", "packit-config": HOME },
  },
  {
    name: "packit-service-fedmsg",
    image: "packit-service-fedmsg:prod",
    volumes: [CONFIG],
    mounts: { "packit-config": HOME },
    more: {
      livenessProbe: { exec: { command: ["liveness.sh"] }, initialDelaySeconds: 300, periodSeconds: 60 },
    },
  },
  {
    name: "packit-dashboard",
    image: "packit-dashboard:prod",
    volumes: [SECRETS],
    mounts: { "packit-secrets": "/secrets" },
  },
  {
    name: "flower",
    image: "quay.io/packit/flower",
    env: {
      CELERY_BROKER_URL: "redis://valkey:6379/0",
      FLOWER_PORT: "5555",
      FLOWER_UNAUTHENTICATED_API: "true",
    },
  },
  {
    name: "pushgateway",
    image: "pushgateway:prod",
    more: { args: ["--apiListen=:9091"], imagePullPolicy: "IfNotPresent" },
  },
  {
    name: "nginx",
    image: "nginx:prod",
    volumes: [
      { name: "nginx-config", configMap: { name: "nginx-config" } },
      SECRETS,
      { name: "flower-secret", secret: { secretName: "flower-htpasswd" } },
    ],
    mounts: {
      "nginx-config": "/etc/nginx",
      "packit-secrets": "/secrets",
      "flower-secret": "/etc/nginx/secrets",
    },
  },
];

/** What runs in prod before it is taken over, as far as it is in the way of what comes after. */
export const PREDECESSORS: readonly KubernetesObject[] = WORKLOADS.map(object);

function object(workload: Workload): KubernetesObject {
  const { name, kind = "Deployment", container = name, image, env = {}, mounts = {} } = workload;
  const labels = { component: name };
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    ...(kind === "StatefulSet" ? { serviceName: name } : { strategy: { type: "Recreate" } }),
    ...(name === "packit-worker-long-running" && { volumeClaimTemplates: [CACHE] }),
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: container,
            image,
            env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
            volumeMounts: Object.entries(mounts).map(([volume, mountPath]) => ({ name: volume, mountPath })),
            ...workload.more,
          },
        ],
        volumes: workload.volumes ?? [],
        ...workload.pod,
      },
    },
  };
  return { apiVersion: "apps/v1", kind, metadata: { name }, spec };
}
