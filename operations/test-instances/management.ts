import type { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

/** The account of the reaper, and of its rights. */
export const REAPER = "packit-test-reaper";

/** Where this project is in the reaper's image (reaper.Containerfile). */
const PROJECT = "/opt/deployment";

/** Makes it, or changes it to what the pool is now. Returns what there is. */
export async function setUp(client: ApiClient, pool: Pool): Promise<readonly KubernetesObject[]> {
  const objects = managementObjects(pool);
  for (const object of objects) await applyOne(client, object);
  if (pool.reaper.image === undefined) await client.delete(cronJob(pool, ""));
  for (const kind of ["ClusterRoleBinding", "ClusterRole"]) await client.delete(former(kind));
  return objects;
}

/** What is there once for all test instances: the namespace of their leases, and the reaper with its rights. */
export function managementObjects(pool: Pool): KubernetesObject[] {
  const { namespace, reaper } = pool;
  const named = { name: REAPER, namespace };
  // What belongs to no namespace is named after it: a cluster may have other pools.
  const ofPool = `${REAPER}-${namespace}`;
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
          verbs: ["get", "list", "update", "delete"],
        },
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
      metadata: { name: ofPool },
      // What is left of an instance is found, and is seen to be gone, by the names of namespaces. What it may remove is
      // said in each instance's own namespaces.
      rules: [{ apiGroups: [""], resources: ["namespaces"], verbs: ["get", "list"] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: ofPool },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: ofPool },
      subjects: [{ kind: "ServiceAccount", ...named }],
    },
    ...(reaper.image === undefined ? [] : [poolFile(pool), cronJob(pool, reaper.image)]),
  ];
}

/** What once let the reaper delete any namespace. */
function former(kind: string): KubernetesObject {
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name: REAPER } };
}

/** The pool as the reaper reads it: what stands in the Pulumi.yaml of its image is that of a commit. */
function poolFile(pool: Pool): KubernetesObject {
  const project = { name: "packit", config: { "packit:testInstances": { default: pool } } };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: REAPER, namespace: pool.namespace },
    data: { [PROJECT_FILE]: JSON.stringify(project, undefined, 2) },
  };
}

const PROJECT_FILE = "Pulumi.yaml";

function cronJob({ namespace, reaper }: Pool, image: string): KubernetesObject {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: REAPER, namespace },
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
            metadata: { labels: { component: REAPER } },
            spec: {
              serviceAccountName: REAPER,
              restartPolicy: "Never",
              enableServiceLinks: false,
              securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
              containers: [container(image)],
              volumes: [
                {
                  name: "pool",
                  projected: {
                    sources: [
                      { configMap: { name: REAPER, items: [{ key: PROJECT_FILE, path: PROJECT_FILE }] } },
                    ],
                  },
                },
                { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
              ],
            },
          },
        },
      },
    },
  };
}

function container(image: string) {
  return {
    name: "reaper",
    image,
    workingDir: PROJECT,
    command: ["./ops", "test-instance", "reap", "--in-cluster"],
    env: [
      { name: "HOME", value: "/tmp" },
      {
        name: "GITHUB_TOKEN",
        valueFrom: { secretKeyRef: { name: "github-token", key: "token", optional: true } },
      },
    ],
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    volumeMounts: [
      { name: "pool", mountPath: `${PROJECT}/${PROJECT_FILE}`, subPath: PROJECT_FILE, readOnly: true },
      { name: "scratch", mountPath: "/tmp" },
    ],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
}
