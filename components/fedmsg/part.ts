import { isDormant } from "../configuration/fedora-ci.ts";
import { ownImage } from "../images.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { running } from "../workload.ts";
import { type FedmsgSettings, fedmsgSecrets, fedmsgSettings } from "./settings.ts";

const NAME = "packit-service-fedmsg";

export const fedmsg = {
  name: "fedmsg",
  settings: fedmsgSettings,
  images: {
    fedmsg: ownImage("The listener.", {
      stream: NAME,
      repository: NAME,
      source: { repository: NAME, dockerfile: "Dockerfile" },
    }),
  },
  secrets: fedmsgSecrets,
  isOn: ({ withFedmsg }) => withFedmsg,
  components: (settings) => [
    {
      ...running(NAME, settings.maintenance || isDormant(settings) ? 0 : 1, { [NAME]: settings.fedmsg }),
      connects: [VALKEY],
      // The message bus, by TLS, and Sentry.
      internet: [5671, 443],
    },
  ],
  choice: { name: "fedmsg", setting: "withFedmsg", isUsual: true },
  component: async () => (await import("./fedmsg.ts")).Fedmsg,
  after: ["postgres", "valkey"],
} satisfies Part<CoreSettings & FedmsgSettings>;
