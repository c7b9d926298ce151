import { foreignImage } from "../images.ts";
import type { NginxSettings } from "../nginx/settings.ts";
import type { Part } from "../part.ts";
import { POSTGRES, type PostgresSettings } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { only } from "../workload.ts";
import {
  EXPORTER_ROLE,
  POSTGRES_EXPORTER_PROXIED,
  type PostgresExporterSettings,
  postgresExporterSecrets,
  postgresExporterSettings,
} from "./settings.ts";

const NAME = "postgres-exporter";

export const postgresExporter = {
  name: NAME,
  settings: postgresExporterSettings,
  images: {
    postgresExporter: foreignImage(
      "What shows PostgreSQL's metrics.",
      NAME,
      "quay.io/prometheuscommunity/postgres-exporter:v0.17.1",
    ),
  },
  secrets: postgresExporterSecrets,
  isOn: ({ withPostgresExporter }) => withPostgresExporter,
  refusals: ({ withPostgresExporter, postgres }) =>
    withPostgresExporter && postgres.user === EXPORTER_ROLE.user
      ? [
          {
            path: ["postgres", "user"],
            value: postgres.user,
            allowed: "another user than the one that reads PostgreSQL's metrics",
            remedy: "give the service a user of its own, or set withPostgresExporter to false",
            reads: ["withPostgresExporter"],
          },
        ]
      : [],
  components: ({ postgresExporter }) => [
    { ...only(NAME, { [NAME]: postgresExporter }), connects: [POSTGRES] },
  ],
  databaseRole: EXPORTER_ROLE,
  page: {
    name: "postgresMetrics",
    label: "PostgreSQL",
    isOn: ({ withNginx }) => withNginx,
    url: ({ workers }) => workers && `https://${workers}${POSTGRES_EXPORTER_PROXIED.metrics.path}`,
  },
  choice: { name: NAME, setting: "withPostgresExporter", isUsual: false },
  component: async () => (await import("./postgres-exporter.ts")).PostgresExporter,
  isTool: true,
  after: ["postgres"],
} satisfies Part<CoreSettings & NginxSettings & PostgresExporterSettings & PostgresSettings>;
