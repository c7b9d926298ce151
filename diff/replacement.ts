import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { FieldDiff } from "./field-diff.ts";

/** The fields of a kind that the API server never changes, by the beginning of their path; or all but some. */
const IMMUTABLE: Readonly<Record<string, (path: string) => boolean>> = {
  Deployment: (path) => path.startsWith("spec.selector"),
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1
  StatefulSet: (path) =>
    path.startsWith("spec.") &&
    ![
      "replicas",
      "template",
      "updateStrategy",
      "persistentVolumeClaimRetentionPolicy",
      "minReadySeconds",
      "ordinals",
    ]
      .map((field) => `spec.${field}`)
      .some((field) => isWithin(path, field)),
  Job: (path) => isWithin(path, "spec.template") || isWithin(path, "spec.selector"),
  PersistentVolumeClaim: (path) => path.startsWith("spec.") && !isWithin(path, "spec.resources"),
  // The cluster that all objects are in: another one is no change of them.
  Provider: (path) => path === "spec.clusterIdentifier",
  RoleBinding: (path) => path.startsWith("roleRef"),
  Secret: (path) => path === "type",
  Service: (path) => path === "spec.clusterIP",
  // What is in one repository on GitHub is not moved to another. The provider says so of all but rulesets.
  IssueLabel: isRepository,
  RepositoryWebhook: isRepository,
  RepositoryEnvironment: isRepository,
  RepositoryEnvironmentDeploymentPolicy: isRepository,
  ActionsEnvironmentSecret: isRepository,
  ActionsEnvironmentVariable: isRepository,
};

/** The fields for which an object is made anew, as no API server changes them. */
export function replacing({ kind }: KubernetesObject, fields: readonly FieldDiff[]): readonly string[] {
  const isImmutable = IMMUTABLE[kind];
  return isImmutable ? fields.map(({ path }) => path).filter(isImmutable) : [];
}

function isRepository(path: string): boolean {
  return path === "spec.repository";
}

function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}
