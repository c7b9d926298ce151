import { contexts } from "../components/dashboard/contexts.ts";
import { part } from "./part.ts";
import { flag, hostName, port, positive } from "./values.ts";

/** The settings of what people and monitoring look at, each of which can be left out. */
export const tools = {
  withDashboard: flag.default(true).describe("Run the dashboard, at `hosts.dashboard`."),
  dashboard: part(
    { requests: { cpu: "5m", memory: "128Mi" }, limits: { cpu: "50m", memory: "256Mi" } },
    { replicas: positive.default(1).describe("Dashboard pods."), contexts },
  ),
  withFlower: flag.default(true).describe("Run Flower, which shows Celery's tasks and workers."),
  flower: part({ requests: { cpu: "5m", memory: "80Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
  withPushgateway: flag.default(true).describe("Collect the workers' metrics in a Pushgateway."),
  pushgateway: part({ requests: { cpu: "5m", memory: "16Mi" }, limits: { cpu: "50m", memory: "32Mi" } }),
  withNginx: flag
    .default(true)
    .describe("Show Flower and Pushgateway, if either is there, at `hosts.workers`."),
  nginx: part(
    { requests: { cpu: "5m", memory: "8Mi" }, limits: { cpu: "100m", memory: "50Mi" } },
    {
      replicas: positive.default(1).describe("Proxy pods."),
      metricsNeedPassword: flag
        .default(false)
        .describe("Ask for Flower's password at /metrics and /flower-metrics too."),
    },
  ).describe("The reverse proxy in front of Flower and Pushgateway."),
  withTokman: flag.default(false).describe("Run tokman, which caches the GitHub App's tokens."),
  tokman: part({ requests: { cpu: "5m", memory: "88Mi" }, limits: { cpu: "50m", memory: "128Mi" } }),
  withRedisCommander: flag.default(false).describe("Run Redis Commander, which shows what Valkey holds."),
  redisCommander: part({
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { cpu: "200m", memory: "128Mi" },
  }),
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
