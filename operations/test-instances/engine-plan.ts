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

const failure = z.object({ diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })) });

/** What is wrong, by the JSON of a preview that has failed; its text as it is where it is something else. */
export function failureIn(plan: string): string {
  try {
    const { diagnostics } = failure.parse(JSON.parse(plan));
    return diagnostics.flatMap(({ severity, message }) => (severity === "error" ? [message] : [])).join("\n");
  } catch {
    return plan;
  }
}

type Inputs = NonNullable<NonNullable<Step["newState"]>["inputs"]>;

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
