import { z } from "zod";
import { part } from "../../schema/part.ts";
import type { Refusal } from "../../schema/refuse.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { bytes, sqlDatabase, sqlUser } from "../../schema/values.ts";

const version = z.literal([13, 15, 16]);

export const postgresSettings = {
  postgres: part(
    { requests: { cpu: "30m", memory: "256Mi" }, limits: { cpu: "2", memory: "512Mi" } },
    {
      version: version
        .default(15)
        .describe("The major version in service; it is part of the objects' names."),
      secondVersion: version
        .optional()
        .describe("Another major version that runs beside it, to be copied to, or to go back to."),
      user: sqlUser.default("packit").describe("The user that the service connects as."),
      database: sqlDatabase.default("packit").describe("The name of the database."),
      storage: bytes.default("2Gi").describe("The size of the database's volume."),
    },
  ),
};

export type PostgresSettings = Readonly<z.output<z.ZodObject<typeof postgresSettings>>>;

export const postgresSecrets = {
  postgresPassword: secret("generated", "PostgreSQL's password", "word", {
    resource: "postgres",
    isProtected: true,
  }),
};

/** Where others find it: its Service's name, and its pods' port. */
export const POSTGRES = { part: "postgres", host: "postgres", port: 5432 } as const;

/** The keys of the Secret by which PostgreSQL and its users know each other. */
export type PostgresKey = "database-user" | "database-password" | "database-host" | "database-name";

/** The annotation that changes, and so rolls a pod, when that of its database is replaced. */
export const DATABASE_ANNOTATION = "packit.dev/database";

/** The name of the Deployment, the volume and the component of a major version. */
export function postgresName(version: number): string {
  return `postgres-${version}`;
}

/** The major versions that run: the one in service first. */
export function postgresVersions({ postgres }: PostgresSettings): readonly number[] {
  return [postgres.version, ...(postgres.secondVersion === undefined ? [] : [postgres.secondVersion])];
}

/** What is wrong with the versions. */
export function postgresRefusals({ postgres }: PostgresSettings): Refusal[] {
  if (postgres.secondVersion !== postgres.version) return [];
  return [
    {
      path: ["postgres", "secondVersion"],
      value: String(postgres.secondVersion),
      allowed: `another version than the one in service, ${postgres.version}`,
      remedy: "see docs/postgresql.md",
      reads: ["postgres"],
    },
  ];
}

/** A user of the database besides the service's own, for a part that reads it. */
export interface DatabaseRole {
  /** Its name in PostgreSQL. */
  readonly user: string;
  /** The predefined role that it is a member of, and all that it may do. */
  readonly memberOf: string;
  /** Its password, by its key of a stack file's `secrets`. */
  readonly password: string;
}
