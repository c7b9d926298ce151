import * as pulumi from "@pulumi/pulumi";
import { deployment } from "./deployment.ts";
import { commonEnvironment, databaseEnvironment } from "./environment.ts";
import { type PartArgs, workloadOptions } from "./part.ts";
import { CELERY_APP } from "./queues.ts";

export type BeatArgs = PartArgs<"beat">;

const NAME = "packit-service-beat";

/** Celery's scheduler of periodic tasks. There is never more than one: two would queue every task twice. */
export class Beat extends pulumi.ComponentResource {
  constructor(name: string, args: BeatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Beat", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const { ssh, keytab, packit } = configuration;
    deployment(
      `${name}-deployment`,
      {
        site,
        component: NAME,
        workloadAnnotations: image.triggers(NAME),
        image: image.reference,
        command: ["/usr/bin/run_worker.sh"],
        env: {
          ...commonEnvironment(settings, configuration),
          ...databaseEnvironment(configuration),
          APP: CELERY_APP,
          CELERY_COMMAND: "beat",
        },
        resources: settings.beat.resources,
        ephemeralStorage: "80Ki",
        mounts: [
          {
            name: "ssh",
            path: "/packit-ssh",
            readOnly: true,
            from: { files: [ssh.pick("id_ed25519", "config")] },
          },
          { name: "credentials", path: "/secrets", readOnly: true, from: { files: [keytab] } },
          {
            name: "home-config",
            path: "/home/packit/.config",
            readOnly: true,
            from: { files: [packit.pick("packit-service.yaml", "copr")] },
          },
        ],
        nodeSelector: settings.beat.nodeSelector,
      },
      workloadOptions(this, image, opts),
    );
    this.registerOutputs();
  }
}
