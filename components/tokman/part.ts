import { ownImage } from "../images.ts";
import type { Part } from "../part.ts";
import { API } from "../service/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { WORKER_POOLS } from "../workers/pools.ts";
import { only } from "../workload.ts";
import { TOKMAN_PORT, type TokmanSettings, tokmanRefusals, tokmanSettings } from "./settings.ts";

const NAME = "tokman";

export const tokman = {
  name: NAME,
  settings: tokmanSettings,
  images: {
    tokman: ownImage("Tokman.", {
      stream: NAME,
      repository: NAME,
      source: { repository: NAME, dockerfile: "Containerfile" },
    }),
  },
  refusals: tokmanRefusals,
  isOn: ({ withTokman }) => withTokman,
  components: ({ tokman }) => [
    {
      ...only(NAME, { tokman }),
      clients: { components: [API, ...WORKER_POOLS.map(({ name }) => name)], port: TOKMAN_PORT },
      // GitHub.
      internet: [80, 443],
    },
  ],
  claims: () => [{ name: "access-tokens-pvc", size: "1Gi" }],
  readsAppId: true,
  choice: { name: NAME, setting: "withTokman", isUsual: false },
  component: async () => (await import("./tokman.ts")).Tokman,
  isTool: true,
  after: ["valkey"],
} satisfies Part<CoreSettings & TokmanSettings>;
