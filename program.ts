import * as k8s from "@pulumi/kubernetes";
import { Instance } from "./components/instance.ts";
import { outputs } from "./outputs.ts";
import type { Settings } from "./settings/load.ts";

/**
 * Declares one Packit Service in the cluster that the settings name, and returns the stack's outputs. Whatever runs
 * it, Pulumi's engine or `render`, gets the same objects from the same settings.
 */
export function program(settings: Settings) {
  const provider = new k8s.Provider("cluster", {
    context: settings.kubeContext,
    enableServerSideApply: true,
    // A change of a file rolls the pods that read it, by their digest; the Secret or ConfigMap keeps its name.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
  });
  const instance = new Instance("packit", settings, { providers: { kubernetes: provider } });
  return outputs(settings, instance);
}
