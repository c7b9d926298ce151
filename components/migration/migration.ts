import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import type { ContainerArgs } from "../../kubernetes/container.ts";
import { customTimeouts } from "../../kubernetes/custom-timeouts.ts";
import { podTemplate, templateDigest } from "../../kubernetes/pod.ts";
import { program } from "../../kubernetes/program.ts";
import { serviceAccount } from "../../kubernetes/service-account.ts";
import { commonEnvironment, databaseEnvironment } from "../configuration/environment.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { MIGRATION, type MigrationSettings } from "./settings.ts";

export type MigrationArgs = PartArgs<CoreSettings & MigrationSettings>;

/** What approves namespaces by hand, with Packit's own code. */
const APPROVE = program(import.meta.dirname, "approve.py");

/** One that failed is made anew by the next `pulumi up`. */
const RETRIED = { "pulumi.com/replaceUnready": "true" };

/**
 * The migration of the database to what the API's image wants, with memory of its own. A Job cannot be changed, so
 * that each image, configuration and credential has one of its own name.
 */
export class Migration extends pulumi.ComponentResource {
  constructor(name: string, args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Migration", name, {}, opts);
    const { destination, settings } = args;
    const child = { parent: this };
    const account = serviceAccount(`${name}-account`, { destination, name: MIGRATION }, child);
    const template = podTemplate({
      destination,
      workload: args.workload(MIGRATION),
      containers: [migrationContainer(args)],
      restartPolicy: "Never",
      serviceAccountName: account.metadata.name,
      nodeSelector: settings.migration.nodeSelector,
    });
    new k8s.batch.v1.Job(
      `${name}-job`,
      {
        metadata: destination.workload(
          templateDigest(template).apply((digest) => `${MIGRATION}-${digest}`),
          RETRIED,
        ),
        spec: { backoffLimit: 3, activeDeadlineSeconds: settings.migration.timeoutSeconds, template },
      },
      { ...childOptions(this, opts), customTimeouts: customTimeouts(settings.migration.timeoutSeconds + 60) },
    );
    this.registerOutputs();
  }
}

/** What migrates: alembic, with the API's own code, from the folder in which the image has it. */
export function migrationContainer({ settings, configuration, image }: MigrationArgs): ContainerArgs {
  return {
    name: "migration",
    image: image("packit-service"),
    ...migrate(settings.allowlist),
    workingDir: "/src",
    env: { ...commonEnvironment(settings, configuration), ...databaseEnvironment(configuration) },
    mounts: [
      {
        name: "home-config",
        path: "/home/packit/.config",
        readOnly: true,
        from: { files: [configuration.packit.pick("packit-service.yaml", "copr")] },
      },
    ],
  };
}

/** The migration, and after it the approval of namespaces. */
function migrate(allowlist: readonly string[]): Pick<ContainerArgs, "command" | "args"> {
  const upgrade = ["alembic-3", "upgrade", "head"];
  if (allowlist.length === 0) return { command: upgrade };
  return {
    command: ["sh", "-c", `${upgrade.join(" ")} && exec python3 -c "$0" "$@"`, APPROVE],
    args: allowlist,
  };
}
