import * as pulumi from "@pulumi/pulumi";
import { RandomUuid } from "@pulumi/random/randomUuid.js";
import type { ApiClient } from "./cluster/api-client.ts";
import { fieldManager, refusal, STATE_ANNOTATION } from "./cluster/pulumi-ownership.ts";
import type { KubernetesObject } from "./render/kubernetes-object.ts";
import type { Settings } from "./settings/load.ts";

/**
 * What Pulumi's engine is told of every Kubernetes object, so that a run that was killed can be run again and nothing
 * of somebody else's is taken over. The provider applies an object that it is to make, whether there is one or not:
 * under one name in every run, so that it meets again what a killed run has made. Before that, also in a preview, the
 * object is looked up, and refused if it was not made from this stack's own state.
 */
export function owned({ stack, kubeContext }: Settings): pulumi.ComponentResourceOptions {
  // It is in the state before any object is made that carries it.
  const state = new RandomUuid("packit-state").result;
  const manager = { "pulumi.com/patchFieldManager": fieldManager(stack) };
  const client = once(() => connect(kubeContext));
  const refuseForeign = new pulumi.ResourceHook(
    "refuse-foreign",
    async ({ type, newInputs }) => {
      const wanted = newInputs as KubernetesObject;
      if (!isNamed(wanted)) return;
      const live = await (await client()).read(wanted);
      const isPatch = type.endsWith("Patch");
      const made = wanted.metadata.annotations?.[STATE_ANNOTATION];
      const refused = live && refusal(live, { stack, state: made, isPatch });
      if (refused) throw refused;
    },
    { onDryRun: true },
  );
  return {
    transformations: [
      ({ type, props, opts }) => {
        if (!type.startsWith("kubernetes:")) return undefined;
        const { retainOnDelete } = opts as pulumi.CustomResourceOptions;
        // What is kept when the state goes is met again by the next one.
        const mark = retainOnDelete || type.endsWith("Patch") ? {} : { [STATE_ANNOTATION]: state };
        const annotations = { ...props.metadata.annotations, ...manager, ...mark };
        return {
          props: { ...props, metadata: { ...props.metadata, annotations } },
          opts: { ...opts, hooks: { beforeCreate: [refuseForeign] } },
        };
      },
    ],
  };
}

/** A name or namespace that a preview cannot know yet is that of nothing that there is. */
function isNamed({ metadata: { name, namespace } }: KubernetesObject): boolean {
  return typeof name === "string" && (namespace === undefined || typeof namespace === "string");
}

/** The modules of a client take longer to load than most runs, which make nothing, take in all. */
async function connect(context: string): Promise<ApiClient> {
  const { ApiClient } = await import("./cluster/api-client.ts");
  return new ApiClient({ context });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
