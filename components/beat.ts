import * as pulumi from "@pulumi/pulumi";
import type { FollowedImage } from "../platform/image-stream.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Configuration } from "./configuration.ts";
import { deployment } from "./deployment.ts";
import { commonEnvironment, databaseEnvironment } from "./environment.ts";
import { CELERY_APP } from "./queues.ts";

export interface BeatArgs {
  readonly site: Site;
  readonly settings: Settings;
  readonly configuration: Configuration;
  /** The worker's image. */
  readonly image: FollowedImage;
}

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
            name: "packit-ssh",
            path: "/packit-ssh",
            readOnly: true,
            from: { files: [ssh.pick("id_ed25519", "config")] },
          },
          { name: "packit-secrets", path: "/secrets", readOnly: true, from: { files: [keytab] } },
          {
            name: "packit-config",
            path: "/home/packit/.config",
            readOnly: true,
            from: { files: [packit.pick("packit-service.yaml", "copr")] },
          },
        ],
        nodeSelector: settings.beat.nodeSelector,
      },
      { parent: this, ...image.resourceOptions, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    this.registerOutputs();
  }
}
