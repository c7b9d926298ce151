import { z } from "zod";
import { part } from "./part.ts";
import { refuse } from "./refuse.ts";
import { schedule } from "./schedule.ts";
import {
  baseUrl,
  bucket,
  bytes,
  flag,
  inBytes,
  objectPrefix,
  positive,
  sqlDatabase,
  sqlUser,
} from "./values.ts";

const version = z.literal([13, 15, 16]);

const small = { requests: { cpu: "10m", memory: "64Mi" }, limits: { cpu: "1", memory: "256Mi" } };

/** The settings of what holds data, and of the copies that are made of it. */
export const stores = {
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
  valkey: part(
    // Saving and loading 3.5 GiB takes some 25 seconds of a processor.
    { requests: { cpu: "50m", memory: "4Gi" }, limits: { cpu: "1", memory: "4Gi" } },
    {
      maxMemory: bytes
        .default("3500Mi")
        .describe("What the data may take before keys with a TTL are evicted."),
      storage: bytes
        .default("8Gi")
        .describe("The size of the volume: a snapshot is written beside the former one."),
    },
  ).superRefine(({ maxMemory, storage, resources: { limits } }, context) => {
    if (inBytes(storage) < 2 * inBytes(maxMemory)) {
      refuse(context, {
        path: ["storage"],
        value: storage,
        allowed: `at least twice maxMemory, ${maxMemory}`,
        remedy: "raise storage or lower maxMemory: a full volume stops the queues",
      });
    }
    if (inBytes(maxMemory) > 0.875 * inBytes(limits.memory)) {
      refuse(context, {
        path: ["maxMemory"],
        value: maxMemory,
        allowed: `at most 7/8 of resources.limits.memory, ${limits.memory}`,
        remedy: "lower maxMemory or raise the limit: snapshots and buffers need the rest",
      });
    }
  }),
};

interface BackupSettings {
  readonly deployment: string;
  readonly backup: { readonly bucket?: string | undefined; readonly endpoint?: string | undefined };
}

/** Whether the dump that Packit's own nightly task makes, at Amazon and of a built-in name, is in the backups' bucket. */
export function dumpsToBackups({ backup, deployment }: BackupSettings): boolean {
  return backup.endpoint === undefined && backup.bucket === `arr-packit-${deployment}`;
}
