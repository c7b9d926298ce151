import type { ContainerArgs } from "../kubernetes/container.ts";
import type { Resources } from "../schema/resources.ts";

/** What a run of `oc` may take. */
export const OC_RESOURCES: Resources = {
  requests: { cpu: "10m", memory: "64Mi" },
  limits: { cpu: "200m", memory: "256Mi" },
};

/** A container that runs a script of `oc`, or `oc` itself. */
export function ocContainer(
  name: string,
  { images }: { readonly images: { readonly cli: string } },
  { command, env = {} }: { readonly command: readonly string[]; readonly env?: ContainerArgs["env"] },
): ContainerArgs {
  // It keeps there what it has learnt of the API.
  return { name, image: { reference: images.cli }, command, env: { HOME: "/tmp", ...env } };
}
