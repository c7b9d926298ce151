import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../platform/destination.ts";

export interface DisruptionBudgetArgs {
  /** Where it goes. */
  readonly destination: Destination;
  /** The component, of which there is more than one pod: for a single one, it would block every drain. */
  readonly component: string;
}

/** Lets a drain of nodes take one pod of a component at a time. */
export function disruptionBudget(
  name: string,
  { destination, component }: DisruptionBudgetArgs,
  opts: pulumi.CustomResourceOptions,
) {
  return new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: destination.object(component),
      spec: { maxUnavailable: 1, selector: { matchLabels: { component } } },
    },
    opts,
  );
}
