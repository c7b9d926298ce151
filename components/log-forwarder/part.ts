import { secret } from "../../schema/secrets/spec.ts";
import { foreignImage } from "../images.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { type LogForwarderSettings, logForwarderRefusals, logForwarderSettings } from "./settings.ts";

export const logForwarder = {
  name: "log-forwarder",
  settings: logForwarderSettings,
  images: {
    fluentd: foreignImage(
      "The side-car that forwards logs.",
      "fluentd",
      "quay.io/packit/fluentd-splunk-hec:latest",
    ),
  },
  secrets: {
    splunkToken: secret("when", "the token of Splunk's HTTP event collector", "token", {
      isNeeded: (settings) => settings?.withFluentdSidecar === true,
      neededIf: "with `withFluentdSidecar`",
      decidedBy: ["withFluentdSidecar"],
    }),
  },
  refusals: logForwarderRefusals,
  isOn: ({ withFluentdSidecar }) => withFluentdSidecar,
  egress: ({ fluentd }) =>
    fluentd.splunkHost === undefined
      ? []
      : [{ host: fluentd.splunkHost, ports: [fluentd.splunkPort], why: "Splunk" }],
} satisfies Part<CoreSettings & LogForwarderSettings>;
