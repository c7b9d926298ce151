import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { seconds } from "../../schema/values.ts";

export const migrationSettings = {
  migration: part(
    { requests: { cpu: "10m", memory: "320Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    {
      timeoutSeconds: seconds.default(1800).describe("How long a migration may take before it has failed."),
    },
  ).describe("The migration of the database, which runs before the API."),
};

export type MigrationSettings = Readonly<z.output<z.ZodObject<typeof migrationSettings>>>;

/** The component of its pod. */
export const MIGRATION = "packit-service-migration";
