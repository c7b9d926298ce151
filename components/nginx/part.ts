import type { Refusal } from "../../schema/refuse.ts";
import { foreignImage } from "../images.ts";
import { needsHost } from "../needs.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { running } from "../workload.ts";
import { NGINX_PORT, nginxHosts, nginxSettings } from "./settings.ts";
import { hasPages, hasProxy, SHOWN_PARTS, type ShowingSettings, shownOf } from "./shown.ts";

function refusals(settings: ShowingSettings): Refusal[] {
  const isMissing = hasProxy(settings) && settings.hosts.workers === undefined;
  const hasNoPassword = settings.nginx.metricsNeedPassword && !hasPages(settings);
  return [
    ...(isMissing ? [needsHost("workers", "withNginx")] : []),
    ...(hasNoPassword
      ? [
          {
            path: ["nginx", "metricsNeedPassword"],
            value: "true",
            allowed: "false without Flower, whose password is asked for",
            remedy: "set it to false, or set withFlower to true",
          },
        ]
      : []),
  ];
}

export const nginx = {
  name: "nginx",
  settings: nginxSettings,
  hosts: nginxHosts,
  images: {
    nginx: foreignImage("The reverse proxy.", "nginx", "quay.io/nginx/nginx-unprivileged:latest"),
  },
  refusals,
  isOn: hasProxy,
  components: (settings) => [
    {
      ...running("nginx", settings.nginx.replicas, { nginx: settings.nginx }),
      connects: shownOf(settings),
      open: NGINX_PORT,
    },
  ],
  certified: ({ hosts }) => [hosts.workers],
  component: async () => (await import("./nginx.ts")).Nginx,
  isTool: true,
  after: ["valkey", ...SHOWN_PARTS],
} satisfies Part<CoreSettings & ShowingSettings>;
