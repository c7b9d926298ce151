import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { flag, hostName, positive } from "../../schema/values.ts";

export const nginxSettings = {
  withNginx: flag.default(true).describe("Show Flower and the metrics of what has some, at `hosts.workers`."),
  nginx: part(
    { requests: { cpu: "5m", memory: "8Mi" }, limits: { cpu: "100m", memory: "50Mi" } },
    {
      replicas: positive.default(1).describe("Proxy pods."),
      metricsNeedPassword: flag
        .default(false)
        .describe("Ask for Flower's password at each path of metrics too."),
    },
  ).describe("The reverse proxy in front of Flower and the metrics."),
};

export const nginxHosts = {
  workers: hostName
    .meta({ example: "workers.stg.packit.dev" })
    .optional()
    .describe("The host of Flower and of all metrics."),
};

export type NginxSettings = Readonly<z.output<z.ZodObject<typeof nginxSettings>>> & {
  readonly hosts: Readonly<z.output<z.ZodObject<typeof nginxHosts>>>;
};

/** The port of its pods. */
export const NGINX_PORT = 8443;
