import { z } from "zod";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

/** What a preview does not know yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What Pulumi's engine makes for itself. */
const ITS_OWN = /^(pulumi:|packit:|random:)/;

/** What `pulumi preview --json` says, as far as it is read here. */
const preview = z.object({
  steps: z.array(
    z.object({
      urn: z.string(),
      // Nothing new is made of what goes.
      newState: z
        .object({
          type: z.string(),
          inputs: z
            .object({
              apiVersion: z.string().optional(),
              kind: z.string().optional(),
              metadata: z
                .object({ name: z.string().optional(), namespace: z.string().optional() })
                .optional(),
            })
            .optional(),
        })
        .optional(),
    }),
  ),
});

/** Refuses what Pulumi's engine plans to make or change besides the objects that were looked at. */
export function refuseOtherPlan(name: string, plan: string, checked: readonly KubernetesObject[]): void {
  const others = stepsIn(plan).filter(({ newState }) => {
    if (newState === undefined || ITS_OWN.test(newState.type)) return false;
    const { type, inputs = {} } = newState;
    return !type.startsWith("kubernetes:") || !checked.some((object) => isMeant(inputs, object));
  });
  if (others.length === 0) return;
  const lines = others.map(({ urn }) => `  ${urn}`);
  throw new UserError(
    [`Pulumi plans more for ${name} than its program declares, and so nothing was made:`, ...lines].join(
      "\n",
    ),
  );
}

type Step = z.output<typeof preview>["steps"][number];

function stepsIn(plan: string): readonly Step[] {
  try {
    return preview.parse(JSON.parse(plan)).steps;
  } catch {
    throw new EnvironmentError(
      "`pulumi preview --json` says something else than a plan. Is its CLI another version?",
    );
  }
}

type Inputs = NonNullable<NonNullable<Step["newState"]>["inputs"]>;

function isMeant({ apiVersion, kind, metadata }: Inputs, object: KubernetesObject): boolean {
  const { namespace = object.metadata.namespace, name = UNKNOWN } = metadata ?? {};
  const known = (text: string, wanted: string | undefined) => text === UNKNOWN || text === wanted;
  return (
    apiVersion === object.apiVersion &&
    kind === object.kind &&
    known(name, object.metadata.name) &&
    known(String(namespace), String(object.metadata.namespace))
  );
}
