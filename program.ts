import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { Instance } from "./components/instance/instance.ts";
import { loadComponents } from "./components/load-components.ts";
import type { Settings } from "./components/settings.ts";
import { outputs } from "./outputs.ts";

/**
 * Declares one Packit Service in the cluster that the settings name, and returns the stack's outputs. Whatever runs
 * it, Pulumi's engine or `render`, gets the same objects from the same settings.
 *
 * @param kubernetes The provider of the one cluster that they go to (see provider.ts).
 * @param opts What Pulumi's engine is told besides, of every resource (see owned.ts).
 */
export async function program(
  settings: Settings,
  kubernetes: k8s.Provider,
  opts: pulumi.ComponentResourceOptions = {},
) {
  const parts = await loadComponents(settings);
  const instance = new Instance("packit", settings, parts, { ...opts, providers: { kubernetes } });
  if (settings.github) {
    const { github, secrets } = settings;
    // Its SDK is loaded for those alone who have a repository.
    const { Repository } = await import("./components/github/repository.ts");
    const { kubeconfig } = instance;
    new Repository("packit-github", { settings: github, secrets: secrets.github, kubeconfig });
  }
  return outputs(settings, instance);
}
