import type { Refusal } from "../../schema/refuse.ts";
import type { SandboxSettings } from "../sandbox/settings.ts";
import { defaultSandboxNamespace } from "../stack/namespaces.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { ImageBuildsSettings } from "./settings.ts";

type Settings = Pick<CoreSettings, "platform" | "namespace"> &
  Pick<SandboxSettings, "sandboxNamespace"> &
  ImageBuildsSettings;

/** Where OpenShift can build nothing, and what its builds must not share. */
export function imageBuildsRefusals(settings: Settings): Refusal[] {
  const { imageBuilds, platform, namespace } = settings;
  if (imageBuilds === undefined) return [];
  const { sandboxNamespace = defaultSandboxNamespace(namespace) } = settings;
  return [
    NO_BUILDS[platform].map((why) => ({
      path: ["imageBuilds"],
      value: imageBuilds.namespace,
      allowed: `nothing on the platform ${platform}, ${why}`,
      remedy: "leave it out: .github/workflows/base-images.yml builds the same, docs/images.md",
      reads: ["platform"],
    })),
    [namespace, sandboxNamespace].includes(imageBuilds.namespace)
      ? {
          path: ["imageBuilds", "namespace"],
          value: imageBuilds.namespace,
          allowed: "a namespace of its own: the pods of builds are privileged",
          remedy: `for example ${namespace}-builds`,
          reads: ["namespace", "sandboxNamespace"],
        }
      : [],
  ].flat();
}

/** Why, if there are none. */
const NO_BUILDS = {
  openshift: [],
  "managed-platform": [
    "which lets nothing out but to hosts that are named, and nobody can name all mirrors of Fedora",
  ],
  kubernetes: ["which has no BuildConfigs"],
} as const satisfies Record<CoreSettings["platform"], readonly string[]>;
