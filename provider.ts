import * as k8s from "@pulumi/kubernetes";
import type { Settings } from "./components/settings.ts";

/** The provider of the cluster that the settings name, and of no other. */
export function clusterProvider(settings: Settings): k8s.Provider {
  return new k8s.Provider("cluster", providerArgs(settings));
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
