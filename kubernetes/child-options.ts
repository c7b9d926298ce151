import type * as pulumi from "@pulumi/pulumi";

/** The options of a component's own workload, which waits for what the component waits for. */
export function childOptions(
  parent: pulumi.ComponentResource,
  opts: pulumi.ComponentResourceOptions = {},
): pulumi.CustomResourceOptions {
  return { parent, ...(opts.dependsOn && { dependsOn: opts.dependsOn }) };
}
