import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../components/settings.ts";
import { inReadingOrder, type KubernetesObject, order } from "./kubernetes-object.ts";
import { type SecretValues, unwrap } from "./secret-value.ts";

/** Makes the value of a generated password or UUID; the same one for the same resource, each time. */
export type Generate = (resource: {
  readonly type: string;
  readonly name: string;
  readonly length?: number;
}) => string;

export interface EvaluateArgs {
  readonly generate: Generate;
  readonly secrets: SecretValues;
}

/** Pulumi's runtime knows one program at a time, so that each evaluation waits for the one before it. */
let former: Promise<unknown> = Promise.resolve();

/**
 * Runs the program without Pulumi's engine, on Pulumi's own mocks, and returns the Kubernetes objects that it
 * declares, in the order in which they can be applied.
 */
export function evaluate(settings: Settings, args: EvaluateArgs): Promise<KubernetesObject[]> {
  const evaluation = former
    .then(() => withoutTraces(() => evaluateAlone(settings, args)))
    // Once more, for the trace of what went wrong.
    .catch(() => evaluateAlone(settings, args));
  former = evaluation.catch(() => {});
  return evaluation;
}

async function evaluateAlone(
  settings: Settings,
  { generate, secrets }: EvaluateArgs,
): Promise<KubernetesObject[]> {
  const { runtime, program, clusterProvider } = await engineless();
  const objects: KubernetesObject[] = [];
  const mocks: pulumi.runtime.Mocks = {
    call: ({ token }) => {
      throw new Error(`The program calls ${token}, which only Pulumi's engine can answer.`);
    },
    newResource: ({ type, name, inputs }) => {
      if (isKubernetes(type)) objects.push(inReadingOrder(unwrap(inputs, secrets) as KubernetesObject));
      const state = type.startsWith("random:")
        ? { ...inputs, result: generate({ type, name, ...inputs }) }
        : inputs;
      return { id: `${name}-id`, state };
    },
  };
  await runtime.setMocks(mocks, "packit", settings.stack);
  await runtime.runInPulumiStack(async () => program(settings, clusterProvider(settings)));
  // Waits until every resource has been registered.
  await runtime.disconnect();
  return objects.sort(order);
}

/** The program and Pulumi's runtime take long to load, and many a command that may render a stack does not. */
async function engineless() {
  const [{ runtime }, { program }, { clusterProvider }] = await Promise.all([
    import("@pulumi/pulumi"),
    import("../program.ts"),
    import("../provider.ts"),
  ]);
  return { runtime, program, clusterProvider };
}

/** Pulumi's runtime writes down a stack trace for each promise that it makes, which takes longer than all the rest. */
async function withoutTraces<T>(work: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** `kubernetes:apps/v1:Deployment`, but none of the provider's own abstractions. */
function isKubernetes(type: string): boolean {
  return type.startsWith("kubernetes:");
}
