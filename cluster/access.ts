import { KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../errors.ts";

/** The way to a cluster. */
export interface Access {
  /** The file that names it. @default - where kubectl looks */
  readonly kubeconfig?: string | undefined;
  /** The context in it. */
  readonly context: string;
}

/** The way to the cluster that this runs in, as the account of its pod. */
export interface InCluster {
  readonly inCluster: true;
}

/** The configuration that leads there; a UserError where the kubeconfig has no such context. */
export function kubeConfig(access: Access | InCluster): KubeConfig {
  return "inCluster" in access ? inCluster() : configOf(access);
}

function inCluster(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromCluster();
  return config;
}

function configOf({ kubeconfig, context }: Access): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfig);
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw new UserError(`The kubeconfig has no context "${context}". It has: ${known.join(", ") || "none"}.`);
  }
  config.setCurrentContext(context);
  return config;
}
