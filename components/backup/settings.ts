import type { z } from "zod";
import { part } from "../../schema/part.ts";
import type { Refusal } from "../../schema/refuse.ts";
import { schedule } from "../../schema/schedule.ts";
import { type DecidingSettings, secret } from "../../schema/secrets/spec.ts";
import { baseUrl, bucket, flag, objectPrefix, positive } from "../../schema/values.ts";
import { needs } from "../needs.ts";

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } };

export const backupSettings = {
  withBackup: flag.default(false).describe("Back the database up to S3 every night."),
  backup: part(small, {
    bucket: bucket.optional().describe("The bucket of the backups."),
    prefix: objectPrefix.default("database").describe("What the names of the backups start with."),
    endpoint: baseUrl
      .meta({ example: "https://s3.example.com" })
      .optional()
      .describe("Where S3 is. Default: Amazon's."),
    schedule: schedule.default("30 1 * * *").describe("When a backup is made, UTC."),
    keep: positive.default(14).describe("Backups that are kept; older ones are deleted."),
  }),
};

export type BackupSettings = Readonly<z.output<z.ZodObject<typeof backupSettings>>>;

const withBackup = {
  isNeeded: (settings: DecidingSettings | undefined) => settings?.withBackup === true,
  decidedBy: ["withBackup"],
};

export const backupSecrets = {
  awsAccessKeyId: secret("optional", "the S3 key id of the database's backups", "word", withBackup),
  awsSecretAccessKey: secret("optional", "the S3 key of the database's backups", "token", {
    ...withBackup,
    pair: "awsAccessKeyId",
  }),
};

/** What is missing while backups are made. */
export function backupRefusals({ withBackup, backup }: BackupSettings): Refusal[] {
  return withBackup && backup.bucket === undefined ? [needs(["backup", "bucket"], "withBackup")] : [];
}

/** Whether the dump that Packit's own nightly task makes, at Amazon and of a built-in name, is in the backups' bucket. */
export function dumpsToBackups({
  backup,
  deployment,
}: Pick<BackupSettings, "backup"> & { readonly deployment: string }): boolean {
  return backup.endpoint === undefined && backup.bucket === `arr-packit-${deployment}`;
}
