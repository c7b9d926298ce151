import { namedPorts } from "../configuration/egress.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { running } from "../workload.ts";
import { type BeatSettings, beatSettings } from "./settings.ts";

const NAME = "packit-service-beat";

export const beat = {
  name: "beat",
  settings: beatSettings,
  isOn: ({ withBeat }) => withBeat,
  components: (settings) => [
    {
      ...running(NAME, settings.maintenance ? 0 : 1, { [NAME]: settings.beat }),
      // It only queues the tasks that use the database.
      connects: [VALKEY],
      internet: [80, 443, 22, ...namedPorts(settings)],
    },
  ],
  choice: { name: "beat", setting: "withBeat", isUsual: true },
  component: async () => (await import("./beat.ts")).Beat,
  after: ["postgres", "valkey", "service"],
} satisfies Part<CoreSettings & BeatSettings>;
