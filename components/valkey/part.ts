import { foreignImage } from "../images.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { only } from "../workload.ts";
import { type ValkeySettings, valkeySecrets, valkeySettings } from "./settings.ts";

export const valkey = {
  name: "valkey",
  settings: valkeySettings,
  images: { valkey: foreignImage("Valkey.", "valkey", "docker.io/valkey/valkey:8") },
  secrets: valkeySecrets,
  isOn: () => true,
  components: ({ valkey }) => [only("valkey", { valkey })],
  claims: ({ valkey }) => [{ name: "valkey-pvc", size: valkey.storage }],
} satisfies Part<CoreSettings & ValkeySettings>;
