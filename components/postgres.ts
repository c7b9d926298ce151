import * as pulumi from "@pulumi/pulumi";
import { postgresConf } from "../files/postgres-conf.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import { deployment } from "./deployment.ts";
import { configMapFiles, type Files } from "./files.ts";
import { serviceObject } from "./service-object.ts";
import { volumeClaim } from "./volume-claim.ts";

/** The keys of the Secret by which PostgreSQL and its users know each other. */
export const POSTGRES_KEYS = [
  "database-user",
  "database-password",
  "database-host",
  "database-name",
] as const;

/** The Service's name, and so the database's host. */
export const POSTGRES_HOST = "postgres";

export interface PostgresArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** Whether Pulumi refuses to delete the data. */
  readonly protect: boolean;
  /** Version, size and resources. */
  readonly settings: Settings["postgres"];
  /** User, password and database. */
  readonly credentials: Files<(typeof POSTGRES_KEYS)[number]>;
}

/** How much shared memory queries may use; the dashboard's usage page takes about 100 MB. */
const SHARED_MEMORY = "128Mi";

/** PostgreSQL on a volume of its own. The version is in the names of the Deployment and its volume. */
export class Postgres extends pulumi.ComponentResource {
  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Postgres", name, {}, opts);
    const { site, settings, credentials } = args;
    const component = `postgres-${settings.version}`;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { site, name: "postgres-config", data: { "packit.conf": postgresConf() } },
      child,
    );
    const claim = volumeClaim(
      `${name}-data`,
      { site, name: component, size: settings.storage, protect: args.protect },
      child,
    );
    deployment(
      `${name}-deployment`,
      {
        site,
        component,
        container: "postgres",
        image: `quay.io/sclorg/postgresql-${settings.version}-c9s:latest`,
        imagePullPolicy: "IfNotPresent",
        ports: [5432],
        env: {
          POSTGRESQL_USER: { from: credentials, key: "database-user" },
          POSTGRESQL_PASSWORD: { from: credentials, key: "database-password" },
          POSTGRESQL_DATABASE: { from: credentials, key: "database-name" },
          PG_OOM_ADJUST_FILE: "/proc/self/oom_score_adj",
        },
        resources: settings.resources,
        mounts: [
          { name: "postgres-data", path: "/var/lib/pgsql/data", from: { claim: claim.metadata.name } },
          {
            name: "settings",
            path: "/opt/app-root/src/postgresql-cfg",
            readOnly: true,
            from: { files: [config.pick("packit.conf")] },
          },
          { name: "shared-memory", path: "/dev/shm", from: { memory: SHARED_MEMORY } },
        ],
        livenessProbe: {
          exec: { command: ["/usr/libexec/check-container", "--live"] },
          initialDelaySeconds: 120,
          periodSeconds: 10,
          timeoutSeconds: 10,
          failureThreshold: 3,
        },
        nodeSelector: settings.nodeSelector,
      },
      child,
    );
    const port = { name: "postgres-port", port: 5432, targetPort: 5432 };
    serviceObject(`${name}-service`, { site, name: POSTGRES_HOST, component, port }, child);
    this.registerOutputs();
  }
}
