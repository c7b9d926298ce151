import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { commonEnvironment } from "../configuration/environment.ts";
import { isDormant } from "../configuration/fedora-ci.ts";
import { switchEnvironment } from "../configuration/upstream-switches.ts";
import type { PartArgs } from "../part.ts";

export type FedmsgArgs = PartArgs<
  "upstreamSwitches" | "fedmsg" | "maintenance" | "imageSupports" | "identity" | "role" | "fedoraCi"
>;

const NAME = "packit-service-fedmsg";

/** The listener on Fedora's message bus, which queues a task for each message that concerns Packit. */
export class Fedmsg extends pulumi.ComponentResource {
  constructor(name: string, args: FedmsgArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Fedmsg", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const directory = "/home/packit/.config";
    deployment(
      name,
      {
        site,
        component: NAME,
        replicas: settings.maintenance || isDormant(settings) ? 0 : 1,
        // The queue is exclusive: a second consumer is locked out.
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image,
            env: {
              ...commonEnvironment(settings, configuration),
              ...switchEnvironment(settings.upstreamSwitches, "fedmsg"),
              FEDORA_MESSAGING_CONF: `${directory}/fedora.toml`,
              FAS_USER: settings.imageSupports.fedmsgUser ? settings.identity.fasUser : undefined,
            },
            resources: settings.fedmsg.resources,
            mounts: [
              {
                name: "home-config",
                path: directory,
                readOnly: true,
                from: { files: [configuration.packit.pick("fedora.toml")] },
              },
            ],
            livenessProbe: {
              exec: { command: ["liveness.sh"] },
              initialDelaySeconds: 300,
              periodSeconds: 60,
            },
          },
        ],
        nodeSelector: settings.fedmsg.nodeSelector,
      },
      after(this, opts),
    );
    this.registerOutputs();
  }
}
