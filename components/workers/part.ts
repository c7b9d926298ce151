import { namedPorts } from "../configuration/egress.ts";
import { type LogForwarderSettings, sidecars, splunkPorts } from "../log-forwarder/settings.ts";
import type { Part } from "../part.ts";
import { POSTGRES } from "../postgres/settings.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { activePools, WORKER } from "./pools.ts";
import { type WorkersSettings, workersImages, workersSettings } from "./settings.ts";

export const workers = {
  name: "workers",
  settings: workersSettings,
  images: workersImages,
  isOn: () => true,
  components: (settings) =>
    activePools(settings.workers).map(({ name, setting }) => {
      const { replicas, resources } = settings.workers[setting];
      return {
        component: name,
        pods: settings.maintenance ? 0 : replicas,
        surge: settings.maintenance ? 0 : 1,
        containers: { [WORKER]: resources, ...sidecars(settings) },
        connects: [POSTGRES, VALKEY],
        // They fetch the hosts' ssh keys before anything else.
        internet: [80, 443, 22, ...namedPorts(settings), ...splunkPorts(settings)],
        usesApi: settings.withSandbox,
      };
    }),
} satisfies Part<CoreSettings & WorkersSettings & LogForwarderSettings & SandboxSettings>;
