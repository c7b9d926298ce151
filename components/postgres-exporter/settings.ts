import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { flag } from "../../schema/values.ts";
import type { Proxied } from "../nginx/proxied.ts";

export const postgresExporterSettings = {
  withPostgresExporter: flag
    .default(false)
    .describe(
      "Show PostgreSQL's metrics at `hosts.workers`, to all who reach it. Switching it restarts PostgreSQL, and whoever keeps connections to it.",
    ),
  postgresExporter: part({
    requests: { cpu: "5m", memory: "32Mi" },
    limits: { cpu: "100m", memory: "64Mi" },
  }),
};

export type PostgresExporterSettings = Readonly<z.output<z.ZodObject<typeof postgresExporterSettings>>>;

export const postgresExporterSecrets = {
  postgresExporterPassword: secret(
    "generated",
    "the password by which PostgreSQL's metrics are read",
    "word",
    {
      resource: "postgres-exporter",
      isNeeded: (settings) => settings?.withPostgresExporter === true,
      neededIf: "no: it is generated with `withPostgresExporter`, unless it is given",
    },
  ),
};

/** Where others find it: its Service's name, and its pods' port. */
export const POSTGRES_EXPORTER = {
  part: "postgres-exporter",
  host: "postgres-exporter",
  port: 9187,
} as const;

/** The user that it reads the database as: one that sees statistics, settings and the texts of queries that run. */
export const EXPORTER_ROLE = {
  user: "postgres_exporter",
  memberOf: "pg_monitor",
  password: "postgresExporterPassword",
} as const;

/** What the proxy shows of it. */
export const POSTGRES_EXPORTER_PROXIED = {
  ...POSTGRES_EXPORTER,
  setting: "withPostgresExporter",
  metrics: {
    path: "/postgres-metrics",
    target: `http://${POSTGRES_EXPORTER.host}:${POSTGRES_EXPORTER.port}/metrics`,
  },
} as const satisfies Proxied;
