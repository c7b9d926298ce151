import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Pool } from "../../settings/test-pool.ts";

/** The account of the reaper. */
const REAPER = "packit-test-reaper";

/** Where the project is cloned to in the reaper's pod. */
const CHECKOUT = "/tmp/deployment";

/** What is there once for all test instances: the namespace of their leases, and the reaper with its rights. */
export function managementObjects({ namespace, reaper }: Pool): KubernetesObject[] {
  const named = { name: REAPER, namespace };
  const labels = { component: REAPER };
  const group = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: named },
    {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata: named,
      rules: [
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          verbs: ["get", "list", "create", "update", "delete"],
        },
        { apiGroups: [""], resources: ["secrets"], resourceNames: ["seed"], verbs: ["get"] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "RoleBinding",
      metadata: named,
      roleRef: { apiGroup: group, kind: "Role", name: REAPER },
      subjects: [{ kind: "ServiceAccount", ...named }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRole",
      metadata: { name: REAPER },
      rules: [
        { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list", "delete"] },
        { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list", "delete"] },
        { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["list", "delete"] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: REAPER },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: REAPER },
      subjects: [{ kind: "ServiceAccount", ...named }],
    },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: named,
      spec: {
        schedule: reaper.schedule,
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 1,
            activeDeadlineSeconds: 1800,
            template: {
              metadata: { labels },
              spec: {
                serviceAccountName: REAPER,
                restartPolicy: "Never",
                securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
                containers: [reaperContainer(reaper)],
              },
            },
          },
        },
      },
    },
  ];
}

function reaperContainer({ image, repository }: Pool["reaper"]) {
  const steps = [
    `git clone --quiet --depth 1 -- ${repository} ${CHECKOUT}`,
    `cd ${CHECKOUT}`,
    "npm ci --loglevel=error",
    "exec ./ops test-instance reap --in-cluster",
  ];
  return {
    name: "reaper",
    image,
    command: ["sh", "-c", steps.join(" && ")],
    env: [
      { name: "HOME", value: "/tmp" },
      {
        name: "GITHUB_TOKEN",
        valueFrom: { secretKeyRef: { name: "github-token", key: "token", optional: true } },
      },
    ],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}
