import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../components/settings.ts";
import { inReadingOrder, type KubernetesObject, order } from "./kubernetes-object.ts";
import { otherResource } from "./other-resource.ts";
import { type PulumiOptions, pulumiOptions, withinStack } from "./pulumi-options.ts";
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

/** All that the program declares. */
export interface Declaration {
  /** The Kubernetes objects, in the order in which they can be applied. */
  readonly objects: readonly KubernetesObject[];
  /** What else there is to be seen from outside: providers, and what is on GitHub; by kind and name. */
  readonly others: readonly KubernetesObject[];
  /** What Pulumi is told of some of them. */
  readonly options: ReadonlyMap<KubernetesObject, PulumiOptions>;
}

/** Pulumi's runtime knows one program at a time, so that each evaluation waits for the one before it. */
let former: Promise<unknown> = Promise.resolve();

/**
 * Runs the program without Pulumi's engine, on Pulumi's own mocks, and returns the Kubernetes objects that it
 * declares, in the order in which they can be applied.
 */
export async function evaluate(settings: Settings, args: EvaluateArgs): Promise<KubernetesObject[]> {
  const { objects } = await declaration(settings, args);
  return [...objects];
}

/** Runs the program in the same way, and returns all that it declares. */
export function declaration(settings: Settings, args: EvaluateArgs): Promise<Declaration> {
  const evaluation = former
    .then(() => withoutTraces(() => evaluateAlone(settings, args)))
    // Once more, for the trace of what went wrong.
    .catch(() => evaluateAlone(settings, args));
  former = evaluation.catch(() => {});
  return evaluation;
}

async function evaluateAlone(settings: Settings, { generate, secrets }: EvaluateArgs): Promise<Declaration> {
  const { runtime, program, clusterProvider } = await engineless();
  const objects: KubernetesObject[] = [];
  const others: KubernetesObject[] = [];
  const options = new Map<KubernetesObject, PulumiOptions>();
  // The mocks are not handed any options.
  const told = new Map<string, { readonly its: PulumiOptions; readonly resource: pulumi.Resource }>();
  const known: { readonly object: KubernetesObject; readonly type: string; readonly name: string }[] = [];
  const mocks: pulumi.runtime.Mocks = {
    call: ({ token }) => {
      throw new Error(`The program calls ${token}, which only Pulumi's engine can answer.`);
    },
    newResource: ({ type, name, inputs, custom }) => {
      if (isKubernetes(type)) {
        const object = inReadingOrder(unwrap(inputs, secrets) as KubernetesObject);
        objects.push(object);
        known.push({ object, type, name });
      } else if (custom && !isGenerated(type)) {
        const other = otherResource(type, name, unwrap(inputs, secrets));
        others.push(other);
        known.push({ object: other, type, name });
      }
      const state = isGenerated(type) ? { ...inputs, result: generate({ type, name, ...inputs }) } : inputs;
      return { id: `${name}-id`, state };
    },
  };
  await runtime.setMocks(mocks, "packit", settings.stack);
  await runtime.runInPulumiStack(async () => {
    runtime.registerStackTransformation(({ type, name, opts, resource }) => {
      told.set(`${type} ${name}`, { its: pulumiOptions(opts), resource });
      return undefined;
    });
    return program(settings, clusterProvider(settings));
  });
  // Waits until every resource has been registered.
  await runtime.disconnect();
  for (const { object, type, name } of known) {
    const found = told.get(`${type} ${name}`);
    if (found === undefined) continue;
    const urn = await new Promise<string>((resolve) => found.resource.urn.apply(resolve));
    options.set(object, { ...found.its, urn: withinStack(urn) });
  }
  return { objects: objects.sort(order), others: others.sort(order), options };
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

/** A password or UUID, of which nothing but its value is of interest. */
function isGenerated(type: string): boolean {
  return type.startsWith("random:");
}
