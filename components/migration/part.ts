import type { Part } from "../part.ts";
import { POSTGRES } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { job } from "../workload.ts";
import { MIGRATION, type MigrationSettings, migrationSettings } from "./settings.ts";

export const migration = {
  name: "migration",
  settings: migrationSettings,
  isOn: ({ maintenance }) => !maintenance,
  components: ({ migration }) => [
    {
      ...job(MIGRATION, { migration }),
      connects: [POSTGRES, VALKEY],
      // Sentry.
      internet: [443],
    },
  ],
} satisfies Part<CoreSettings & MigrationSettings>;
