import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import type { Files } from "../../kubernetes/files.ts";
import { podTemplate, templateDigest } from "../../kubernetes/pod.ts";
import { volumeClaim } from "../../kubernetes/volume-claim.ts";
import type { Claim, Workload } from "../../kubernetes/workload.ts";
import type { Destination } from "../../platform/destination.ts";
import type { Image } from "../../platform/image.ts";
import type { DatabaseRoles } from "./roles.ts";
import { type PostgresKey, type PostgresSettings, postgresName } from "./settings.ts";

export interface PostgresArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** The major version, which is in the names of the Deployment and its volume. */
  readonly version: number;
  /** What its pod runs. */
  readonly image: Image;
  /** Whether Pulumi refuses to delete the data. */
  readonly protect: boolean;
  /** What its pod takes. */
  readonly workload: Workload;
  /** Its volume. */
  readonly claim: Claim;
  /** Where its pod may run. */
  readonly settings: PostgresSettings["postgres"];
  /** User, password and database. */
  readonly credentials: Files<PostgresKey>;
  /** What the server reads after its own settings. */
  readonly config: Files<"packit.conf">;
  /** What makes users besides the service's own. @default - there are none */
  readonly roles?: DatabaseRoles | undefined;
}

/** How much shared memory queries may use; the dashboard's usage page takes about 100 MB. */
const SHARED_MEMORY = "128Mi";

/** A PostgreSQL of one major version, on a volume of its own. */
export class Postgres extends pulumi.ComponentResource {
  /** Another one whenever this program replaces the pod. */
  readonly podDigest: pulumi.Output<string>;

  constructor(name: string, args: PostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Postgres", name, {}, opts);
    const { destination, settings, credentials } = args;
    const component = postgresName(args.version);
    const child = { parent: this };
    const claim = volumeClaim(`${name}-data`, { destination, ...args.claim, protect: args.protect }, child);
    const accepts = { exec: { command: ["/usr/libexec/check-container"] }, timeoutSeconds: 10 };
    const pod = {
      destination,
      workload: args.workload,
      containers: [
        {
          name: "postgres",
          image: args.image,
          ports: [5432],
          env: {
            POSTGRESQL_USER: { from: credentials, key: "database-user" },
            POSTGRESQL_PASSWORD: { from: credentials, key: "database-password" },
            POSTGRESQL_DATABASE: { from: credentials, key: "database-name" },
            PG_OOM_ADJUST_FILE: "/proc/self/oom_score_adj",
            ...args.roles?.env,
          },
          mounts: [
            { name: "postgres-data", path: "/var/lib/pgsql/data", from: { claim: claim.metadata.name } },
            {
              name: "settings",
              path: "/opt/app-root/src/postgresql-cfg",
              readOnly: true,
              from: { files: [args.config.pick("packit.conf")] },
            },
            { name: "shared-memory", path: "/dev/shm", from: { memory: SHARED_MEMORY } },
            ...(args.roles?.mounts ?? []),
          ],
          // A recovery after a crash may take a while, and must not be cut short.
          startupProbe: { ...accepts, periodSeconds: 10, failureThreshold: 60 },
          livenessProbe: { ...accepts, periodSeconds: 30, failureThreshold: 6 },
          readinessProbe: { ...accepts, periodSeconds: 10, failureThreshold: 3 },
          // SIGTERM alone would wait for every client to leave by itself, until it is killed.
          preStop: { exec: { command: ["sh", "-c", "kill -INT 1"] } },
        },
      ],
      terminationGracePeriodSeconds: 120,
      nodeSelector: settings.nodeSelector,
    };
    deployment(name, { ...pod, strategy: "recreate", timeoutMinutes: 30 }, childOptions(this, opts));
    this.podDigest = templateDigest(podTemplate({ ...pod, serviceAccountName: component }));
    this.registerOutputs();
  }
}
