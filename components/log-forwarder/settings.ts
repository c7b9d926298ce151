import type { z } from "zod";
import { part } from "../../schema/part.ts";
import type { Refusal } from "../../schema/refuse.ts";
import type { Resources } from "../../schema/resources.ts";
import { flag, hostName, port } from "../../schema/values.ts";
import { needs } from "../needs.ts";

export const logForwarderSettings = {
  withFluentdSidecar: flag
    .default(false)
    .describe(
      "Where logs go: to the pods' output, for the cluster's own collection; or besides, from the API and the workers, by a side-car to Splunk.",
    ),
  fluentd: part(
    { requests: { cpu: "10m", memory: "128Mi" }, limits: { cpu: "100m", memory: "128Mi" } },
    {
      splunkHost: hostName
        .meta({ example: "splunk.example.com" })
        .optional()
        .describe("Splunk's HTTP event collector."),
      splunkPort: port.default(8088).describe("Its port."),
    },
  ).describe("The side-car that forwards logs."),
};

export type LogForwarderSettings = Readonly<z.output<z.ZodObject<typeof logForwarderSettings>>>;

/** The container's name in each pod that has one. */
export const SIDECAR = "fluentd-sidecar";

/** Where a container's syslog goes, if there is a side-car to take it. */
export const SYSLOG_HOST = "127.0.0.1";

/** What a pod with a side-car takes besides. */
export function sidecars({
  withFluentdSidecar,
  fluentd,
}: LogForwarderSettings): Readonly<Record<string, Resources>> {
  return withFluentdSidecar ? { [SIDECAR]: fluentd.resources } : {};
}

/** The ports that a pod with a side-car reaches besides. */
export function splunkPorts({ withFluentdSidecar, fluentd }: LogForwarderSettings): readonly number[] {
  return withFluentdSidecar ? [fluentd.splunkPort] : [];
}

/** What is missing while logs are forwarded. */
export function logForwarderRefusals({ withFluentdSidecar, fluentd }: LogForwarderSettings): Refusal[] {
  const isMissing = withFluentdSidecar && fluentd.splunkHost === undefined;
  return isMissing ? [needs(["fluentd", "splunkHost"], "withFluentdSidecar")] : [];
}
