import { ofUrl, portOf } from "../network/egress-host.ts";
import type { Part } from "../part.ts";
import { POSTGRES, type PostgresSettings } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { job } from "../workload.ts";
import { type BackupSettings, backupRefusals, backupSecrets, backupSettings } from "./settings.ts";

export const backup = {
  name: "backup",
  settings: backupSettings,
  secrets: backupSecrets,
  refusals: backupRefusals,
  isOn: ({ withBackup }) => withBackup,
  components: ({ backup }) =>
    ["packit-backup", "packit-restore"].map((component) => ({
      ...job(component, { [component]: backup }),
      connects: [POSTGRES],
      internet: [443, ...(backup.endpoint === undefined ? [] : [portOf(backup.endpoint)])],
    })),
  // Amazon has a host for each bucket, and one by which it is found.
  egress: ({ backup: { endpoint, bucket } }) =>
    endpoint === undefined
      ? ["", `${bucket}.`].map((prefix) => ofUrl(`https://${prefix}s3.amazonaws.com`, "backups"))
      : [ofUrl(endpoint, "backups")],
  component: async () => (await import("./backup.ts")).Backup,
  after: ["postgres"],
} satisfies Part<CoreSettings & BackupSettings & PostgresSettings>;
