import type { KubernetesObject } from "../render/kubernetes-object.ts";

/** The one storage class. */
export const STORAGE_CLASS = "local";

/** What each node can run: several stacks side by side. */
const CAPACITY = { cpu: "32", memory: "128Gi", pods: "250", "ephemeral-storage": "100Gi" };

/** The nodes of both environments, stage's tainted like the Spot instances that it may use, and a storage class. */
export function clusterFixtures(): KubernetesObject[] {
  return [
    ...["prod-0", "prod-1"].map((name) => node(name, "prod", [])),
    ...["stage-0", "stage-1"].map((name) =>
      node(name, "stage", [{ key: "environment", value: "stage", effect: "NoSchedule" }]),
    ),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: STORAGE_CLASS,
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "kubernetes.io/host-path",
      reclaimPolicy: "Delete",
      volumeBindingMode: "Immediate",
      allowVolumeExpansion: true,
    },
  ];
}

function node(name: string, env: string, taints: object[]): KubernetesObject {
  const labels = { env, "kubernetes.io/hostname": name, "kubernetes.io/os": "linux", type: "kwok" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels },
    spec: { taints },
    status: { allocatable: CAPACITY, capacity: CAPACITY },
  };
}
