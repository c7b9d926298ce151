import { beforeAll, describe, expect, it } from "vitest";
import { applyStack } from "../../cluster/apply.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("readiness");

beforeAll(() => stack.up());

describe("what does not become ready", () => {
  it("is named with the cluster's own reasons, each of them once", async () => {
    const objects = await stack.objects({ valkey: { nodeSelector: { env: "nowhere" } } });
    await applyStack(stack.client, "readiness", objects);
    const error = await waitUntilReady(stack.client, { objects, limitSeconds: 3 }).catch(
      (cause: Error) => cause.message,
    );
    expect(error).toContain("Deployment packit--readiness/valkey: 0 of 1 pods are available");
    expect(error).toMatch(
      /Pod valkey-\S+: Pending: 0\/4 nodes are available: .*didn't match Pod's node affinity\/selector/,
    );
    expect(error?.match(/didn't match/g)).toHaveLength(1);
  });

  it("is a claim that no class serves", async () => {
    const { client, namespace } = stack;
    const spec = {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      storageClassName: "none",
    };
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "unserved", namespace },
      spec,
    };
    await client.create(claim);
    const error = await waitUntilReady(client, { objects: [claim], limitSeconds: 3 }).catch(
      (cause: Error) => cause.message,
    );
    expect(error).toContain("PersistentVolumeClaim packit--readiness/unserved: it is Pending, not Bound");
    expect(error).toContain('storageclass.storage.k8s.io "none" not found');
    await client.delete(claim);
  });
});
