import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

/** The objects of a stack of a few kinds, in the namespace `space`, which is one of them. */
export function smallStack(
  stack: string,
  space: string,
  { size = "1Gi", value = "a" } = {},
): KubernetesObject[] {
  const labels = { [STACK_LABEL]: stack };
  const metadata = (name: string) => ({ name, namespace: space, labels });
  const template = {
    metadata: { labels: { app: "x" } },
    spec: {
      containers: [{ name: "main", image: "example.com/nothing:1" }],
      terminationGracePeriodSeconds: 0,
    },
  };
  const claim = {
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
  };
  const selector = { matchLabels: { app: "x" } };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: space, labels } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata("hidden"),
      stringData: { key: `${value}-0123456789abcdef` },
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("said"), data: { key: value } },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: metadata("kept"),
      spec: { serviceName: "kept", selector, template, volumeClaimTemplates: [claim] },
    },
  ];
}
