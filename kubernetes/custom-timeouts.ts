import type { CustomResourceOptions } from "@pulumi/pulumi";

/** How long Pulumi waits for a resource to be ready, in place of the provider's ten minutes. */
export function customTimeouts(seconds: number): NonNullable<CustomResourceOptions["customTimeouts"]> {
  return { create: `${seconds}s`, update: `${seconds}s` };
}
