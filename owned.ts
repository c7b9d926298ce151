import * as pulumi from "@pulumi/pulumi";
import { RandomUuid } from "@pulumi/random/randomUuid.js";
import type { ApiClient } from "./cluster/api-client.ts";
import { type Choice, keptImage, ownersOf, withImages } from "./cluster/followed-images.ts";
import { fieldManager, refusal, STATE_ANNOTATION } from "./cluster/pulumi-ownership.ts";
import type { Settings } from "./components/settings.ts";
import { STACK_LABEL } from "./platform/destination.ts";
import { followed } from "./platform/image-triggers.ts";
import type { KubernetesObject } from "./render/kubernetes-object.ts";

/**
 * What Pulumi's engine is told of every Kubernetes object, so that a run that was killed can be run again and nothing
 * of somebody else's is taken over. The provider applies an object that it is to make, whether there is one or not:
 * under one name in every run, so that it meets again what a killed run has made. Before that, also in a preview, the
 * object is looked up, and refused if it was not made from this stack's own state. What OpenShift moves, the images of
 * workloads that follow them, is declared to the engine by nobody, so that no `up` puts it back and no preview shows it.
 *
 * @param workloads The stack's workloads as they are, for a preview. @default - those of a run, which looks for itself
 */
export function owned(
  { stack, kubeContext }: Settings,
  workloads?: readonly KubernetesObject[],
): pulumi.ComponentResourceOptions {
  // It is in the state before any object is made that carries it.
  const state = new RandomUuid("packit-state").result;
  const manager = fieldManager(stack);
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
  const handOverImages = new pulumi.ResourceHook("hand-over-images", async ({ newInputs }) => {
    const { handOver } = await import("./cluster/image-handover.ts");
    await handOver(await client(), newInputs as KubernetesObject, manager);
  });
  return {
    transformations: [
      ({ type, props, opts }) => {
        if (!type.startsWith("kubernetes:")) return undefined;
        const { retainOnDelete } = opts as pulumi.CustomResourceOptions;
        // What is kept when the state goes is met again by the next one.
        const mark = retainOnDelete || type.endsWith("Patch") ? {} : { [STATE_ANNOTATION]: state };
        const annotations = {
          ...props.metadata.annotations,
          "pulumi.com/patchFieldManager": manager,
          ...mark,
        };
        const marked = { ...props, metadata: { ...props.metadata, annotations } };
        if (followed(props.metadata).length === 0)
          return { props: marked, opts: { ...opts, hooks: { beforeCreate: [refuseForeign] } } };
        const hooks = { beforeCreate: [refuseForeign, handOverImages], beforeUpdate: [handOverImages] };
        const declared = { ...marked, kind: type.split(":").at(-1) } as KubernetesObject;
        const choose = choice(declared, manager, workloads);
        return { props: withImages(declared, choose) as pulumi.Inputs, opts: { ...opts, hooks } };
      },
    ],
  };
}

/** The workloads of a stack as they are in the cluster. */
export async function liveWorkloads({
  stack,
  namespace,
  kubeContext,
}: Settings): Promise<KubernetesObject[]> {
  const client = await connect(kubeContext);
  const kinds = ["Deployment", "StatefulSet"].map((kind) => ({ apiVersion: "apps/v1", kind }));
  const selection = { namespace, labels: { [STACK_LABEL]: stack } };
  return (await Promise.all(kinds.map((kind) => client.list(kind, selection)))).flat();
}

/**
 * Which image the engine is told of: none that others own. A preview, which cannot give one away before, tells the API
 * server of those that nobody else owns yet, as it would be refused without.
 */
function choice(
  { kind, metadata }: KubernetesObject,
  manager: string,
  workloads: readonly KubernetesObject[] | undefined,
): Choice {
  const live = workloads?.find((one) => one.kind === kind && one.metadata.name === metadata.name);
  return (one) => {
    const image = keptImage(live, one);
    const isOthers = ownersOf(live, one).some((owner) => owner !== manager);
    if (workloads === undefined || (image !== undefined && isOthers)) return undefined;
    return image ?? one.reference;
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
