import { foreignImage } from "../images.ts";
import type { NginxSettings } from "../nginx/settings.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { WORKER_POOLS } from "../workers/pools.ts";
import { only } from "../workload.ts";
import { PUSHGATEWAY, type PushgatewaySettings, pushgatewaySettings } from "./settings.ts";

export const pushgateway = {
  name: "pushgateway",
  settings: pushgatewaySettings,
  images: {
    pushgateway: foreignImage(
      "Pushgateway.",
      "pushgateway",
      "ghcr.io/zapier/prom-aggregation-gateway:v0.7.0",
    ),
  },
  isOn: ({ withPushgateway }) => withPushgateway,
  components: ({ pushgateway }) => [
    {
      ...only("pushgateway", { pushgateway }),
      clients: { components: WORKER_POOLS.map(({ name }) => name), port: PUSHGATEWAY.port },
    },
  ],
  page: {
    name: "metrics",
    label: "metrics",
    isOn: ({ withNginx }) => withNginx,
    url: ({ workers }) => workers && `https://${workers}/metrics`,
  },
  choice: { name: "pushgateway", setting: "withPushgateway", isUsual: false },
  component: async () => (await import("./pushgateway.ts")).Pushgateway,
  isTool: true,
  after: ["valkey"],
} satisfies Part<CoreSettings & NginxSettings & PushgatewaySettings>;
