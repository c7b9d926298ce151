import * as pulumi from "@pulumi/pulumi";
import { valkeyConf } from "../files/valkey-conf.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import { deployment } from "./deployment.ts";
import { configMapFiles } from "./files.ts";
import { serviceObject } from "./service-object.ts";
import { volumeClaim } from "./volume-claim.ts";

/** The Service's name, and so the host of the queues. */
export const VALKEY_HOST = "valkey";

export interface ValkeyArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** The image reference. */
  readonly image: string;
  /** Whether Pulumi refuses to delete the data. */
  readonly protect: boolean;
  /** Size, memory and resources. */
  readonly settings: Settings["valkey"];
}

/** Valkey, which holds Celery's queues and results. */
export class Valkey extends pulumi.ComponentResource {
  constructor(name: string, args: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:data:Valkey", name, {}, opts);
    const { site, image, settings } = args;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { site, name: "valkey-config", data: { "valkey.conf": valkeyConf(settings) } },
      child,
    );
    const claim = volumeClaim(
      `${name}-data`,
      { site, name: "valkey-pvc", size: settings.storage, protect: args.protect },
      child,
    );
    deployment(
      `${name}-deployment`,
      {
        site,
        component: VALKEY_HOST,
        image,
        args: ["/etc/valkey/valkey.conf"],
        ports: [6379],
        resources: settings.resources,
        mounts: [
          { name: "data", path: "/data", from: { claim: claim.metadata.name } },
          {
            name: "config",
            path: "/etc/valkey",
            readOnly: true,
            from: { files: [config.pick("valkey.conf")] },
          },
        ],
        nodeSelector: settings.nodeSelector,
      },
      child,
    );
    const port = { name: "6379", port: 6379, targetPort: 6379 };
    serviceObject(`${name}-service`, { site, name: VALKEY_HOST, component: VALKEY_HOST, port }, child);
    this.registerOutputs();
  }
}
