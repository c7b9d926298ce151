import { describe, expect, it } from "vitest";
import { notReady } from "../../cluster/readiness.ts";

const METADATA = { name: "x", generation: 2 };

function object(kind: string, status: object, spec: object = {}) {
  return { apiVersion: "v1", kind, metadata: METADATA, spec, status };
}

describe("an object", () => {
  const all = {
    observedGeneration: 2,
    replicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
    readyReplicas: 2,
  };

  it.each([
    ["Deployment", all],
    ["StatefulSet", all],
    ["PersistentVolumeClaim", { phase: "Bound" }],
    ["Job", { conditions: [{ type: "Complete", status: "True" }] }],
    ["CustomResourceDefinition", { conditions: [{ type: "Established", status: "True" }] }],
    ["Secret", {}],
  ])("of kind %s is ready when its status says so", (kind, status) => {
    expect(notReady(object(kind, status, { replicas: 2 }))).toBeUndefined();
  });

  it.each([
    ["Deployment", { ...all, observedGeneration: 1 }, /has not seen the last change/],
    ["Deployment", { ...all, updatedReplicas: 1 }, /1 are up to date/],
    ["Deployment", { ...all, replicas: 3 }, /2 of 2 pods are available/],
    ["Deployment", { ...all, availableReplicas: 0 }, /0 of 2 pods are available/],
    ["StatefulSet", { ...all, observedGeneration: 1 }, /has not seen/],
    ["StatefulSet", { ...all, readyReplicas: 1 }, /1 of 2 pods are ready/],
    [
      "StatefulSet",
      { ...all, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" },
      /pods are ready/,
    ],
    ["PersistentVolumeClaim", { phase: "Pending" }, /it is Pending, not Bound/],
    ["PersistentVolumeClaim", {}, /not seen yet/],
    ["Job", {}, /has not completed/],
    [
      "Job",
      { conditions: [{ type: "Failed", status: "True", message: "too often" }] },
      /it failed: too often/,
    ],
  ])("of kind %s is not ready with status %o", (kind, status, reason) => {
    expect(notReady(object(kind, status, { replicas: 2 }))).toMatch(reason);
  });
});
