import { foreignImage } from "../images.ts";
import type { NginxSettings } from "../nginx/settings.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { only } from "../workload.ts";
import { FLOWER_USER, type FlowerSettings, flowerSecrets, flowerSettings } from "./settings.ts";

export const flower = {
  name: "flower",
  settings: flowerSettings,
  images: { flower: foreignImage("Flower.", "flower", "quay.io/packit/flower:latest") },
  secrets: flowerSecrets,
  isOn: ({ withFlower }) => withFlower,
  components: ({ flower }) => [{ ...only("flower", { flower }), connects: [VALKEY] }],
  page: {
    name: "flower",
    label: "Flower",
    login: { user: FLOWER_USER, secret: "flower", key: "password" },
    isOn: ({ withNginx }) => withNginx,
    url: ({ workers }) => workers && `https://${workers}/`,
  },
  choice: { name: "flower", setting: "withFlower", isUsual: false },
  component: async () => (await import("./flower.ts")).Flower,
  isTool: true,
  after: ["valkey"],
} satisfies Part<CoreSettings & NginxSettings & FlowerSettings>;
