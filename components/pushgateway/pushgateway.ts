import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { PUSHGATEWAY, type PushgatewaySettings } from "./settings.ts";

type PushgatewayArgs = PartArgs<CoreSettings & PushgatewaySettings>;

const { host: NAME, port: PORT } = PUSHGATEWAY;

/** The gateway that adds up the workers' metrics for Prometheus. It keeps them in memory, so that there is one alone. */
export class Pushgateway extends pulumi.ComponentResource {
  constructor(name: string, args: PushgatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Pushgateway", name, {}, opts);
    const { destination, settings } = args;
    const listens = { tcpSocket: { port: PORT } };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image: args.image("pushgateway"),
            args: [`--apiListen=:${PORT}`],
            ports: [PORT],
            livenessProbe: { ...listens, periodSeconds: 20 },
            readinessProbe: { ...listens, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.pushgateway.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: "prometheus-push", port: 80, targetPort: PORT };
    serviceObject(`${name}-service`, { destination, name: NAME, component: NAME, port }, { parent: this });
    this.registerOutputs();
  }
}
