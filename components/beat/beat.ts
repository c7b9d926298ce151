import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { CELERY_APP, commonEnvironment } from "../configuration/environment.ts";
import { switchEnvironment } from "../configuration/upstream-switches.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { BeatSettings } from "./settings.ts";

type BeatArgs = PartArgs<CoreSettings & BeatSettings>;

const NAME = "packit-service-beat";

/** Beat notes in a file what it queued, and queues something every ten minutes; half an hour without is a hang. */
const IS_ALIVE = "test -n \"$(find /tmp -maxdepth 1 -name 'celerybeat-schedule*' -mmin -30)\"";

/** Celery's scheduler of periodic tasks. There is never more than one: two would queue every task twice. */
export class Beat extends pulumi.ComponentResource {
  constructor(name: string, args: BeatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Beat", name, {}, opts);
    const { destination, settings, configuration } = args;
    const { ssh, keytab, packit } = configuration;
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image: args.image("packit-worker"),
            command: ["/usr/bin/run_worker.sh"],
            env: {
              ...commonEnvironment(settings, configuration),
              ...switchEnvironment(settings.upstreamSwitches, "beat"),
              APP: CELERY_APP,
              CELERY_COMMAND: "beat",
            },
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
            startupProbe: shell(IS_ALIVE, { periodSeconds: 15, failureThreshold: 40 }),
            livenessProbe: shell(IS_ALIVE, { periodSeconds: 60, failureThreshold: 3 }),
          },
        ],
        nodeSelector: settings.beat.nodeSelector,
      },
      childOptions(this, opts),
    );
    this.registerOutputs();
  }
}

function shell(script: string, timing: { periodSeconds: number; failureThreshold: number }) {
  return { exec: { command: ["bash", "-c", script] }, timeoutSeconds: 10, ...timing };
}
