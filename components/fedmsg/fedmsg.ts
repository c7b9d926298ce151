import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { commonEnvironment } from "../configuration/environment.ts";
import { switchEnvironment } from "../configuration/upstream-switches.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { FedmsgSettings } from "./settings.ts";

type FedmsgArgs = PartArgs<CoreSettings & FedmsgSettings>;

const NAME = "packit-service-fedmsg";

/** The listener on Fedora's message bus, which queues a task for each message that concerns Packit. */
export class Fedmsg extends pulumi.ComponentResource {
  constructor(name: string, args: FedmsgArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Fedmsg", name, {}, opts);
    const { destination, settings, configuration } = args;
    const directory = "/home/packit/.config";
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        // The queue is exclusive: a second consumer is locked out.
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image: args.image(NAME),
            env: {
              ...commonEnvironment(settings, configuration),
              ...switchEnvironment(settings.upstreamSwitches, "fedmsg"),
              FEDORA_MESSAGING_CONF: `${directory}/fedora.toml`,
              FAS_USER: settings.imageSupports.fedmsgUser ? settings.identity.fasUser : undefined,
            },
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
      childOptions(this, opts),
    );
    this.registerOutputs();
  }
}
