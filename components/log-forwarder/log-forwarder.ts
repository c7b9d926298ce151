import * as pulumi from "@pulumi/pulumi";
import type { ContainerArgs } from "../../kubernetes/container.ts";
import { configMapFiles, secretFiles } from "../../kubernetes/files.ts";
import type { Destination } from "../../platform/destination.ts";
import type { Image } from "../../platform/image.ts";
import type { Sensitive } from "../../schema/secrets/sensitive.ts";
import { fluentConf } from "./fluent-conf.ts";
import { type LogForwarderSettings, SIDECAR } from "./settings.ts";

export interface LogForwarderArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** What the side-car runs. */
  readonly image: Image;
  /** Where Splunk is. */
  readonly settings: LogForwarderSettings["fluentd"];
  /** The token that Splunk wants. */
  readonly token: Sensitive;
}

/** Fluentd as a side-car, which forwards the syslog of the container beside it to Splunk. */
export class LogForwarder extends pulumi.ComponentResource {
  /** The side-car, for each pod that has one. */
  readonly container: ContainerArgs;

  constructor(name: string, args: LogForwarderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:LogForwarder", name, {}, opts);
    const { destination, image, settings, token } = args;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      { destination, name: "fluentd-config", data: { "fluent.conf": fluentConf() } },
      child,
    );
    const splunk = secretFiles(
      `${name}-splunk`,
      {
        destination,
        name: "splunk",
        data: {
          "hec-host": settings.splunkHost ?? "",
          "hec-port": String(settings.splunkPort),
          "hec-token": pulumi.secret(token.reveal()),
        },
      },
      child,
    );
    this.container = {
      name: SIDECAR,
      image,
      udpPort: 5140,
      env: {
        SPLUNK_HEC_HOST: { from: splunk, key: "hec-host" },
        SPLUNK_HEC_PORT: { from: splunk, key: "hec-port" },
        SPLUNK_HEC_TOKEN: { from: splunk, key: "hec-token" },
      },
      mounts: [
        {
          name: "fluentd",
          path: "/fluentd/etc",
          readOnly: true,
          from: { files: [config.pick("fluent.conf")] },
        },
      ],
    };
    this.registerOutputs();
  }
}
