import type { KubernetesObject } from "./kubernetes-object.ts";

/** What `apiVersion` begins with in the form that other resources are given. */
const GROUP = "pulumi";

/**
 * A resource that is no Kubernetes object, in the form of one: `RepositoryRuleset` of `pulumi/github`, or `Provider` of
 * `pulumi/kubernetes`. Its inputs are its `spec`.
 *
 * @param type As Pulumi names it: `github:index/repositoryRuleset:RepositoryRuleset`, or `pulumi:providers:kubernetes`.
 */
export function otherResource(type: string, name: string, inputs: unknown): KubernetesObject {
  const words = type.split(":");
  const last = words.at(-1) ?? "";
  const [library, kind] = type.startsWith("pulumi:providers:") ? [last, PROVIDER] : [words[0], last];
  return { apiVersion: `${GROUP}/${library}`, kind, metadata: { name }, spec: inputs };
}

/** The kind of what leads to a cluster, or to GitHub. */
export const PROVIDER = "Provider";

/** The library of a resource that is no Kubernetes object: `github`; of a provider, that of its resources. */
export function libraryOf({ apiVersion }: KubernetesObject): string | undefined {
  const [group, library] = apiVersion.split("/");
  return group === GROUP ? library : undefined;
}
