import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { configMapFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import { volumeClaim } from "../../kubernetes/volume-claim.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY, type ValkeySettings } from "./settings.ts";
import { VALKEY_DIRECTORY, VALKEY_PASSWORD_FILE, valkeyConf } from "./valkey-conf.ts";

type ValkeyArgs = PartArgs<CoreSettings & ValkeySettings>;

const { host: NAME, port: PORT } = VALKEY;

/** Valkey, which holds Celery's queues and results. */
export class Valkey extends pulumi.ComponentResource {
  constructor(name: string, args: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Valkey", name, {}, opts);
    const { destination, configuration } = args;
    const settings = args.settings.valkey;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { destination, name: "valkey-config", data: { "valkey.conf": valkeyConf(settings) } },
      child,
    );
    const claim = volumeClaim(
      `${name}-data`,
      { destination, ...args.claim("valkey-pvc"), protect: args.protect },
      child,
    );
    // While it loads its data, it listens, but does not answer.
    const answers = { exec: { command: ["sh", "-c", "valkey-cli ping | grep -qx PONG"] }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "recreate",
        timeoutMinutes: 60,
        // It saves what it holds before it ends.
        terminationGracePeriodSeconds: 600,
        containers: [
          {
            name: NAME,
            image: args.image("valkey"),
            args: [`${VALKEY_DIRECTORY}/valkey.conf`],
            ports: [PORT],
            // Read by valkey-cli.
            env: { REDISCLI_AUTH: { from: configuration.valkey, key: "password" } },
            mounts: [
              { name: "data", path: "/data", from: { claim: claim.metadata.name } },
              {
                name: "config",
                path: VALKEY_DIRECTORY,
                readOnly: true,
                from: {
                  files: [config.pick("valkey.conf"), configuration.valkey.pick(VALKEY_PASSWORD_FILE)],
                },
              },
            ],
            startupProbe: { ...answers, periodSeconds: 10, failureThreshold: 180 },
            livenessProbe: { tcpSocket: { port: PORT }, periodSeconds: 20, failureThreshold: 6 },
            readinessProbe: { ...answers, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: String(PORT), port: PORT, targetPort: PORT };
    serviceObject(`${name}-service`, { destination, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
