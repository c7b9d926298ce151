import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { configMapFiles, type Files } from "../../kubernetes/files.ts";
import { program } from "../../kubernetes/program.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import type { Image } from "../../platform/image.ts";
import type { Site } from "../../platform/site.ts";
import type { Settings } from "../../settings/load.ts";
import { POSTGRES_HOST } from "../addresses.ts";
import { type POSTGRES_KEYS, Postgres, postgresName } from "./postgres.ts";
import { postgresConf } from "./postgres-conf.ts";

export interface DatabaseArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** PostgreSQL's image, by major version. */
  readonly image: (version: number) => Image;
  /** Whether Pulumi refuses to delete the data. */
  readonly protect: boolean;
  /** Versions, size and resources. */
  readonly settings: Settings["postgres"];
  /** User, password and database. */
  readonly credentials: Files<(typeof POSTGRES_KEYS)[number]>;
}

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
    const { site, settings } = args;
    const { version, secondVersion } = settings;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { site, name: "postgres-config", data: { "packit.conf": postgresConf() } },
      child,
    );
    const server = (one: number) =>
      new Postgres(
        `${name}-${one}`,
        { ...args, version: one, image: args.image(one), config },
        after(this, opts),
      );
    this.podDigest = server(version).podDigest;
    if (secondVersion !== undefined) server(secondVersion);
    const component = postgresName(version);
    serviceObject(`${name}-service`, { site, name: POSTGRES_HOST, component, port: PORT }, child);
    if (secondVersion !== undefined) this.#copy(name, args, secondVersion);
    this.registerOutputs();
  }

  /** A Service for the second version, and a Job's template that fills it. */
  #copy(name: string, { site, image, settings, credentials }: DatabaseArgs, second: number) {
    const child = { parent: this };
    const component = postgresName(second);
    serviceObject(`${name}-second-service`, { site, name: component, component, port: PORT }, child);
    const script = configMapFiles(
      `${name}-copy-script`,
      { site, name: "postgres-copy", data: { "copy.sh": COPY } },
      child,
    );
    cronJob(
      `${name}-copy`,
      {
        site,
        component: "postgres-copy",
        limitSeconds: 6 * 3600,
        containers: [
          {
            name: "postgres-copy",
            // pg_dump knows its own version and older ones.
            image: image(Math.max(settings.version, second)),
            command: ["bash", "/scripts/copy.sh"],
            env: {
              POSTGRESQL_USER: { from: credentials, key: "database-user" },
              POSTGRESQL_PASSWORD: { from: credentials, key: "database-password" },
              POSTGRESQL_DATABASE: { from: credentials, key: "database-name" },
              COPY_FROM: POSTGRES_HOST,
              COPY_TO: component,
            },
            resources: settings.resources,
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

const PORT = { name: "postgres-port", port: 5432, targetPort: 5432 };
