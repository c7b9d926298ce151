import { namedPorts } from "../configuration/egress.ts";
import { type LogForwarderSettings, sidecars, splunkPorts } from "../log-forwarder/settings.ts";
import type { MigrationSettings } from "../migration/settings.ts";
import type { Part } from "../part.ts";
import { POSTGRES } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import {
  API,
  API_PORT,
  migratesInPods,
  type ServiceSettings,
  serviceImages,
  serviceSettings,
} from "./settings.ts";

export const service = {
  name: "service",
  settings: serviceSettings,
  images: serviceImages,
  isOn: () => true,
  components: (settings) => [
    {
      component: API,
      pods: settings.maintenance ? 0 : settings.service.replicas,
      surge: settings.maintenance ? 0 : 1,
      containers: { [API]: settings.service.resources, ...sidecars(settings) },
      ...(migratesInPods(settings) && { initContainers: { migration: settings.migration.resources } }),
      connects: [POSTGRES, VALKEY],
      open: API_PORT,
      internet: [80, 443, ...namedPorts(settings), ...splunkPorts(settings)],
    },
  ],
  certified: ({ hosts }) => [hosts.service],
  page: { name: "api", label: "API", url: ({ service }) => `https://${service}/api/` },
} satisfies Part<CoreSettings & ServiceSettings & MigrationSettings & LogForwarderSettings>;
