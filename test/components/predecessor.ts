/** What one container of the predecessor's production is told, mounts, asks for and listens on. */
export interface Predecessor {
  readonly container: string;
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
  /** Command, delay and period of the liveness probe. */
  readonly liveness?: readonly [readonly string[], number, number];
  /** The ImageStreamTag that rolls it. */
  readonly trigger?: string;
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
  image: "packit-worker:prod",
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
  liveness: [["bash", "-c", 'celery -A $APP status | grep "$(uname -n): OK"'], 600, 600],
  trigger: "packit-worker:prod",
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
    liveness: [["/usr/libexec/check-container", "--live"], 120, 10],
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
      ["4Gi", "50m"],
    ],
  },
  "packit-service": {
    container: "packit-service",
    image: "packit-service:prod",
    command: ["/usr/bin/run_httpd.sh"],
    ports: [8443],
    env: { ...COMMON, ...CLIENT, ...DIST_GIT, PROJECT: "packit--prod", SYSLOG_HOST: "127.0.0.1" },
    mounts: ["/secrets", HOME, "/gh-secrets", "/etc/rpkg/centpkg-sig.conf"],
    resources: [
      ["320Mi", "10m"],
      ["4Gi", "200m"],
    ],
    trigger: "packit-service:prod",
  },
  "packit-worker-short-running": { ...short, env: { ...short.env, CONCURRENCY: "16" } },
  "packit-worker-long-running": { ...long, mounts: [...long.mounts, "/repository-cache"] },
  "packit-service-beat": {
    container: "packit-service-beat",
    image: "packit-worker:prod",
    command: ["/usr/bin/run_worker.sh"],
    env: { ...COMMON, ...CLIENT, APP, CELERY_COMMAND: "beat" },
    mounts: ["/packit-ssh", "/secrets", HOME],
    resources: [
      ["160Mi", "5m"],
      ["256Mi", "50m"],
    ],
    trigger: "packit-worker:prod",
  },
  "packit-service-fedmsg": {
    container: "packit-service-fedmsg",
    image: "packit-service-fedmsg:prod",
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
    liveness: [["liveness.sh"], 300, 60],
    trigger: "packit-service-fedmsg:prod",
  },
};

/** What is deliberately there besides, as docs/migration.md lists it: variables and mounts by workload. */
export const ADDED: Readonly<Record<string, { readonly env?: object; readonly mounts?: readonly string[] }>> =
  {
    "postgres-15": { mounts: ["/dev/shm"] },
    valkey: { mounts: ["/etc/valkey"] },
    "packit-worker-long-running": { env: { CONCURRENCY: "1" } },
    "packit-service-beat": { env: { PROJECT: "packit--prod" } },
  };
