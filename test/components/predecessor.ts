/** What one container of the predecessor's production is told, mounts, asks for and listens on. */
export interface Predecessor {
  readonly container: string;
  /** The image itself, whatever ImageStream stands before it. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly ports?: readonly number[];
  /** Values; `secret/key` for those that come from a Secret. */
  readonly env: Readonly<Record<string, string>>;
  /** Paths by which it is mounted. */
  readonly mounts: readonly string[];
  /** Requests and limits: memory, processors. */
  readonly resources: readonly [readonly [string, string], readonly [string, string]];
  /** Whether an ImageStream imports the image, and a new one rolls the workload. */
  readonly followed?: true;
}

const DATABASE = {
  POSTGRESQL_USER: "postgres-secret/database-user",
  POSTGRESQL_PASSWORD: "postgres-secret/database-password",
  POSTGRESQL_DATABASE: "postgres-secret/database-name",
};

const CLIENT = {
  ...DATABASE,
  POSTGRESQL_HOST: "postgres-secret/database-host",
  REDIS_SERVICE_HOST: "valkey",
};
const COMMON = { DEPLOYMENT: "prod", SENTRY_SECRET: "sentry/dsn" };
const DIST_GIT = { DISTGIT_URL: "https://src.fedoraproject.org/", DISTGIT_NAMESPACE: "rpms" };
const HOME = "/home/packit/.config";
const APP = "packit_service.worker.tasks";

const worker = (queues: string, cpu: string): Predecessor => ({
  container: "packit-worker",
  image: "quay.io/packit/packit-worker:prod",
  command: ["/usr/bin/run_worker.sh"],
  env: {
    ...COMMON,
    ...CLIENT,
    ...DIST_GIT,
    PROJECT: "packit--prod",
    PACKIT_USER_AGENT: "packit.dev/packit-prod (prod+packit@packit.dev)",
    APP,
    CELERY_RETRY_LIMIT: "2",
    CELERY_RETRY_BACKOFF: "3",
    QUEUES: queues,
    PUSHGATEWAY_ADDRESS: "http://pushgateway",
    AWS_ACCESS_KEY_ID: "aws/access-key-id",
    AWS_SECRET_ACCESS_KEY: "aws/secret-access-key",
    SYSLOG_HOST: "127.0.0.1",
    KRB5CCNAME: "DIR:/home/packit/kerberos/",
  },
  mounts: ["/packit-ssh", "/secrets", HOME, "/gh-secrets", "/etc/rpkg/centpkg-sig.conf"],
  resources: [
    ["768Mi", cpu],
    ["2Gi", "2"],
  ],
  followed: true,
});

const short = worker("short-running", "80m");
const long = worker("long-running,rate-limited", "100m");

/** Production as the predecessor deploys it, by workload, without what docs/migration.md says is gone. */
export const PREDECESSOR: Readonly<Record<string, Predecessor>> = {
  "postgres-15": {
    container: "postgres",
    image: "quay.io/sclorg/postgresql-15-c9s:latest",
    ports: [5432],
    env: { ...DATABASE, PG_OOM_ADJUST_FILE: "/proc/self/oom_score_adj" },
    mounts: ["/var/lib/pgsql/data", "/opt/app-root/src/postgresql-cfg"],
    resources: [
      ["2Gi", "30m"],
      ["4Gi", "2"],
    ],
  },
  valkey: {
    container: "valkey",
    image: "docker.io/valkey/valkey:8",
    args: ["/etc/valkey/valkey.conf"],
    ports: [6379],
    env: {},
    mounts: ["/data"],
    resources: [
      ["4Gi", "50m"],
      ["4Gi", "1"],
    ],
  },
  "packit-service": {
    container: "packit-service",
    image: "quay.io/packit/packit-service:prod",
    command: ["/usr/bin/run_httpd.sh"],
    ports: [8443],
    env: { ...COMMON, ...CLIENT, ...DIST_GIT, PROJECT: "packit--prod", SYSLOG_HOST: "127.0.0.1" },
    mounts: ["/secrets", HOME, "/gh-secrets", "/etc/rpkg/centpkg-sig.conf"],
    resources: [
      ["320Mi", "10m"],
      ["1Gi", "200m"],
    ],
    followed: true,
  },
  "packit-worker-short-running": { ...short, env: { ...short.env, CONCURRENCY: "16" } },
  "packit-worker-long-running": { ...long, mounts: [...long.mounts, "/repository-cache"] },
  "packit-service-beat": {
    container: "packit-service-beat",
    image: "quay.io/packit/packit-worker:prod",
    command: ["/usr/bin/run_worker.sh"],
    env: { ...COMMON, REDIS_SERVICE_HOST: "valkey", APP, CELERY_COMMAND: "beat" },
    mounts: ["/packit-ssh", "/secrets", HOME],
    resources: [
      ["160Mi", "5m"],
      ["256Mi", "50m"],
    ],
    followed: true,
  },
  "packit-service-fedmsg": {
    container: "packit-service-fedmsg",
    image: "quay.io/packit/packit-service-fedmsg:prod",
    env: {
      ...COMMON,
      FEDORA_MESSAGING_CONF: `${HOME}/fedora.toml`,
      REDIS_SERVICE_HOST: "valkey",
      PROJECT: "packit--prod",
    },
    mounts: [HOME],
    resources: [
      ["88Mi", "5m"],
      ["128Mi", "50m"],
    ],
    followed: true,
  },
  "packit-dashboard": {
    container: "packit-dashboard",
    image: "quay.io/packit/dashboard:prod",
    ports: [8443],
    env: { DEPLOYMENT: "prod" },
    mounts: ["/secrets"],
    resources: [
      ["128Mi", "5m"],
      ["256Mi", "50m"],
    ],
    followed: true,
  },
  flower: {
    container: "flower",
    image: "quay.io/packit/flower:latest",
    ports: [5555],
    env: { FLOWER_PORT: "5555" },
    mounts: [],
    resources: [
      ["80Mi", "5m"],
      ["128Mi", "50m"],
    ],
  },
  pushgateway: {
    container: "pushgateway",
    image: "ghcr.io/zapier/prom-aggregation-gateway:v0.7.0",
    args: ["--apiListen=:9091"],
    ports: [9091],
    env: {},
    mounts: [],
    resources: [
      ["16Mi", "5m"],
      ["32Mi", "50m"],
    ],
    followed: true,
  },
  nginx: {
    container: "nginx",
    image: "quay.io/nginx/nginx-unprivileged:latest",
    ports: [8443],
    env: {},
    mounts: ["/etc/nginx", "/secrets"],
    resources: [
      ["8Mi", "5m"],
      ["50Mi", "100m"],
    ],
    followed: true,
  },
  tokman: {
    container: "tokman",
    image: "quay.io/packit/tokman:prod",
    ports: [8000],
    env: {
      DEPLOYMENT: "prod",
      LOG_LEVEL: "DEBUG",
      WORKERS: "1",
      TOKMAN_CONFIG: "/etc/config/config.py",
      BIND_ADDR: "0.0.0.0:8000",
      SENTRY_SECRET: "sentry/dsn",
    },
    mounts: ["/secrets", "/etc/config", "/access_tokens"],
    resources: [
      ["88Mi", "5m"],
      ["128Mi", "50m"],
    ],
    followed: true,
  },
  "redis-commander": {
    container: "redis-commander",
    image: "docker.io/rediscommander/redis-commander:latest",
    ports: [8081],
    env: {
      REDIS_HOST: "valkey",
      REDIS_PORT: "6379",
      HTTP_USER: "redis-commander-secret/redis-commander-user",
      HTTP_PASSWORD: "redis-commander-secret/redis-commander-password",
    },
    mounts: [],
    resources: [
      ["64Mi", "10m"],
      ["128Mi", "200m"],
    ],
  },
};

const PASSWORD = { REDIS_PASSWORD: "valkey/password" };

/** What is deliberately there besides, as docs/migration.md lists it: variables and mounts by workload. */
export const ADDED: Readonly<Record<string, { readonly env?: object; readonly mounts?: readonly string[] }>> =
  {
    "postgres-15": { mounts: ["/dev/shm"] },
    valkey: { mounts: ["/etc/valkey"], env: { REDISCLI_AUTH: "valkey/password" } },
    "packit-service": { env: PASSWORD, mounts: ["/probes"] },
    "packit-worker-short-running": { env: PASSWORD, mounts: ["/probes"] },
    "packit-worker-long-running": { env: { ...PASSWORD, CONCURRENCY: "1" }, mounts: ["/probes"] },
    "packit-service-beat": { env: { ...PASSWORD, PROJECT: "packit--prod" } },
    "packit-service-fedmsg": { env: PASSWORD },
    flower: {
      env: {
        VALKEY_PASSWORD: "valkey/password",
        CELERY_BROKER_URL: "redis://:$(VALKEY_PASSWORD)@valkey:6379/0",
        BASIC_AUTH_USER: "flower/user",
        BASIC_AUTH_PASSWORD: "flower/password",
        FLOWER_BASIC_AUTH: "$(BASIC_AUTH_USER):$(BASIC_AUTH_PASSWORD)",
      },
    },
    nginx: { mounts: ["/etc/packit-nginx"] },
    tokman: { env: { GITHUB_APP_ID: "github-app-private-key/app-id" } },
    "redis-commander": { env: PASSWORD },
  };
