import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { WorkersSettings } from "../workers/settings.ts";
import { sandboxRefusals } from "./refusals.ts";
import { type SandboxSettings, sandboxes, sandboxImages, sandboxSettings } from "./settings.ts";

/** One sandbox pod and its volume, as sandcastle makes them; Packit has no setting for it. */
const POD = { requests: { cpu: "50m", memory: "512Mi" }, limits: { cpu: "1", memory: "768Mi" } };
const VOLUME = "3Gi";

export const sandbox = {
  name: "sandbox",
  settings: sandboxSettings,
  images: sandboxImages,
  refusals: sandboxRefusals,
  isOn: ({ withSandbox }) => withSandbox,
  inSandbox: (settings) => {
    const pods = sandboxes(settings);
    const claims = Array.from({ length: pods }, (_, i) => ({ name: `sandcastle-${i}-pvc`, size: VOLUME }));
    return {
      components: [{ component: "sandcastle", pods, surge: 0, containers: { sandcastle: POD } }],
      claims,
    };
  },
  choice: { name: "sandbox", setting: "withSandbox", isUsual: true },
} satisfies Part<
  CoreSettings &
    SandboxSettings &
    WorkersSettings & { readonly images: { readonly sandbox?: string | undefined } }
>;
