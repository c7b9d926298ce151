import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Instance } from "./components/instance.ts";
import { outputs } from "./outputs.ts";
import type { Settings } from "./settings/load.ts";

/**
 * Declares one Packit Service in the cluster that the settings name, and returns the stack's outputs. Whatever runs
 * it, Pulumi's engine or `render`, gets the same objects from the same settings.
 *
 * @param opts What Pulumi's engine is told besides, of every resource (see owned.ts).
 */
export function program(settings: Settings, opts: pulumi.ComponentResourceOptions = {}) {
  const provider = new k8s.Provider("cluster", providerArgs(settings));
  const instance = new Instance("packit", settings, { ...opts, providers: { kubernetes: provider } });
  return outputs(settings, instance);
}

/** All that has a default in somebody's environment is said here: it would be recorded, and change with the person. */
function providerArgs({ kubeContext }: Settings): k8s.ProviderArgs {
  return {
    // The provider then reads the kubeconfig of whoever runs it, and nothing of that is recorded.
    kubeconfig: "",
    context: kubeContext,
    // With the kubeconfig out of sight, this alone tells that another context is another cluster.
    clusterIdentifier: kubeContext,
    enableServerSideApply: true,
    // A change of a file rolls the pods that read it, by their digest; the Secret or ConfigMap keeps its name.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    // What a killed run has made is met again; what is not this stack's is refused before (owned.ts).
    upsertExistingObjects: true,
    enablePatchForce: false,
    deleteUnreachable: false,
    skipUpdateUnreachable: false,
    suppressDeprecationWarnings: false,
    suppressHelmHookWarnings: false,
  };
}
