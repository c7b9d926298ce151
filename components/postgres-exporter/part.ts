import { foreignImage } from "../images.ts";
import type { Part } from "../part.ts";
import { POSTGRES, type PostgresSettings } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { only } from "../workload.ts";
import {
  EXPORTER_ROLE,
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
  components: ({ postgresExporter }) => [
    { ...only(NAME, { [NAME]: postgresExporter }), connects: [POSTGRES] },
  ],
  databaseRole: EXPORTER_ROLE,
  choice: { name: NAME, setting: "withPostgresExporter", isUsual: false },
  component: async () => (await import("./postgres-exporter.ts")).PostgresExporter,
  isTool: true,
  after: ["postgres"],
} satisfies Part<CoreSettings & PostgresExporterSettings & PostgresSettings>;
