import * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "../../kubernetes/container.ts";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { configMapFiles, type Files } from "../../kubernetes/files.ts";
import { program } from "../../kubernetes/program.ts";
import { databaseEnvironment } from "../configuration/environment.ts";
import type { PartArgs } from "../part-args.ts";
import type { PostgresSettings } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { BackupSettings } from "./settings.ts";

type BackupArgs = PartArgs<CoreSettings & BackupSettings & PostgresSettings>;

/**
 * What runs in the workers' image: that has pg_dump, psql and boto3. It is told everything by its environment, and puts
 * no secret into the arguments of what it starts.
 */
const SCRIPT = program(import.meta.dirname, "backup.py");

/** The nightly backup of the database to S3, and a Job's template that restores one into an empty database. */
export class Backup extends pulumi.ComponentResource {
  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Backup", name, {}, opts);
    const { destination, settings } = args;
    const { schedule, nodeSelector } = settings.backup;
    const child = { parent: this };
    const script = configMapFiles(
      `${name}-script`,
      { destination, name: "packit-backup", data: { "backup.py": SCRIPT } },
      child,
    );
    const job = (command: "backup" | "restore") => {
      const component = `packit-${command}`;
      return {
        destination,
        workload: args.workload(component),
        nodeSelector,
        containers: [container(args, component, command, script)],
      };
    };
    cronJob(`${name}-backup`, { ...job("backup"), schedule, limitSeconds: 2 * 3600 }, child);
    cronJob(`${name}-restore`, { ...job("restore"), limitSeconds: 6 * 3600 }, child);
    this.registerOutputs();
  }
}

function container(
  { settings: { backup, postgres }, configuration, image }: BackupArgs,
  name: string,
  command: string,
  script: Files<"backup.py">,
): ContainerArgs {
  const { aws } = configuration;
  return {
    name,
    image: image("packit-worker"),
    command: ["python3", "/scripts/backup.py", command],
    env: {
      ...databaseEnvironment(configuration),
      AWS_ACCESS_KEY_ID: aws && { from: aws, key: "access-key-id" },
      AWS_SECRET_ACCESS_KEY: aws && { from: aws, key: "secret-access-key" },
      BACKUP_BUCKET: backup.bucket,
      BACKUP_PREFIX: backup.prefix,
      BACKUP_KEEP: String(backup.keep),
      BACKUP_ENDPOINT: backup.endpoint,
    },
    mounts: [
      { name: "scripts", path: "/scripts", readOnly: true, from: { files: [script.pick("backup.py")] } },
      // A dump is smaller than the database, and its packed copy smaller than the dump.
      { name: "scratch", path: "/tmp", from: { scratch: postgres.storage } },
    ],
  };
}
