import { z } from "zod";
import { UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { stepsIn, UNKNOWN } from "../../system/pulumi-preview.ts";

/** What Pulumi's engine makes for itself. */
const ITS_OWN = /^(pulumi:|packit:|random:)/;

/** What is read of the inputs of one of Kubernetes' objects. */
const objectInputs = z.object({
  apiVersion: z.string().optional(),
  kind: z.string().optional(),
  metadata: z.object({ name: z.string().optional(), namespace: z.string().optional() }).optional(),
});

/** Refuses what Pulumi's engine plans to make or change besides the objects that were looked at. */
export function refuseOtherPlan(name: string, plan: string, checked: readonly KubernetesObject[]): void {
  const others = stepsIn(plan).filter(({ newState }) => {
    if (newState === undefined || ITS_OWN.test(newState.type)) return false;
    const { type, inputs = {} } = newState;
    const meant = objectInputs.safeParse(inputs).data;
    return (
      !type.startsWith("kubernetes:") ||
      meant === undefined ||
      !checked.some((object) => isMeant(meant, object))
    );
  });
  if (others.length === 0) return;
  const lines = others.map(({ urn }) => `  ${urn}`);
  throw new UserError(
    [`Pulumi plans more for ${name} than its program declares, and so nothing was made:`, ...lines].join(
      "\n",
    ),
  );
}

type Inputs = z.output<typeof objectInputs>;

/** Whether a planned object is one that was looked at, as far as a preview knows it. */
function isMeant({ apiVersion, kind, metadata = {} }: Inputs, object: KubernetesObject): boolean {
  const { name = UNKNOWN, namespace } = metadata;
  return (
    apiVersion === object.apiVersion &&
    kind === object.kind &&
    (name === UNKNOWN || stem(name) === stem(object.metadata.name)) &&
    // The provider says "default" of a namespace whose name is not known before it is made.
    [object.metadata.namespace, "default"].includes(namespace ?? object.metadata.namespace)
  );
}

/** A name without the digest at its end, which follows from secrets that the engine generates. */
function stem(name: string): string {
  return name.replace(/-[0-9a-f]{8}$/, "");
}
