import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { configMapFiles } from "../../kubernetes/files.ts";
import { program } from "../../kubernetes/program.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import type { DatabaseArgs } from "./database-args.ts";
import { Postgres } from "./postgres.ts";
import { postgresConf } from "./postgres-conf.ts";
import { databaseRoles } from "./roles.ts";
import { POSTGRES, postgresName } from "./settings.ts";

/** What copies the database from one PostgreSQL to another one, still empty, of another major version. */
const COPY = program(import.meta.dirname, "copy.sh");

/**
 * The database: the Service by which it is reached, the PostgreSQL in service behind it, and, while the major version
 * is changed, another one beside it with all that copies from the first to the second.
 */
export class Database extends pulumi.ComponentResource {
  /** Another one whenever this program replaces the pod of the PostgreSQL in service. */
  readonly podDigest: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Database", name, {}, opts);
    const { destination, configuration, protect } = args;
    const settings = args.settings.postgres;
    const { version, secondVersion } = settings;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { destination, name: "postgres-config", data: { "packit.conf": postgresConf() } },
      child,
    );
    const roles = args.roles.length > 0 ? databaseRoles(`${name}-roles`, args, child) : undefined;
    const server = (one: number) => {
      const component = postgresName(one);
      return new Postgres(
        `${name}-${one}`,
        {
          destination,
          protect,
          settings,
          config,
          roles,
          version: one,
          credentials: configuration.postgres,
          image: args.image(component),
          workload: args.workload(component),
          claim: args.claim(component),
        },
        childOptions(this, opts),
      );
    };
    this.podDigest = server(version).podDigest;
    if (secondVersion !== undefined) server(secondVersion);
    const component = postgresName(version);
    serviceObject(`${name}-service`, { destination, name: POSTGRES.host, component, port: PORT }, child);
    if (secondVersion !== undefined) this.#copy(name, args, secondVersion);
    this.registerOutputs();
  }

  /** A Service for the second version, and a Job's template that fills it. */
  #copy(name: string, { destination, ...args }: DatabaseArgs, second: number) {
    const settings = args.settings.postgres;
    const credentials = args.configuration.postgres;
    const child = { parent: this };
    const component = postgresName(second);
    serviceObject(`${name}-second-service`, { destination, name: component, component, port: PORT }, child);
    const script = configMapFiles(
      `${name}-copy-script`,
      { destination, name: "postgres-copy", data: { "copy.sh": COPY } },
      child,
    );
    cronJob(
      `${name}-copy`,
      {
        destination,
        workload: args.workload("postgres-copy"),
        limitSeconds: 6 * 3600,
        containers: [
          {
            name: "postgres-copy",
            // pg_dump knows its own version and older ones.
            image: args.image(postgresName(Math.max(settings.version, second))),
            command: ["bash", "/scripts/copy.sh"],
            env: {
              POSTGRESQL_USER: { from: credentials, key: "database-user" },
              POSTGRESQL_PASSWORD: { from: credentials, key: "database-password" },
              POSTGRESQL_DATABASE: { from: credentials, key: "database-name" },
              COPY_FROM: POSTGRES.host,
              COPY_TO: component,
            },
            mounts: [
              {
                name: "scripts",
                path: "/scripts",
                readOnly: true,
                from: { files: [script.pick("copy.sh")] },
              },
            ],
          },
        ],
        nodeSelector: settings.nodeSelector,
      },
      child,
    );
  }
}

const PORT = { name: "postgres-port", port: POSTGRES.port, targetPort: POSTGRES.port };
