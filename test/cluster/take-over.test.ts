import { beforeAll, describe, expect, it } from "vitest";
import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { PREDECESSORS } from "./predecessors.ts";
import { TestStack } from "./stack.ts";

describe("objects of the predecessor", () => {
  const stack = new TestStack("take-over", "prod");
  let before: Map<string, string>;

  beforeAll(async () => {
    await predecessor(stack);
    before = await uids(stack);
  });

  it("are taken over only once they are handed over, and stay the same objects", async () => {
    await expect(stack.up()).rejects.toThrow("is there, and of no stack");
    expect(await uids(stack)).toEqual(before);
    const labels = { [STACK_LABEL]: "take-over" };
    for (const object of PREDECESSORS)
      await stack.client.patch(inNamespace(object, stack.namespace), { metadata: { labels } });
    await stack.up();
    expect(before.size).toBe(PREDECESSORS.length);
    const after = await uids(stack);
    for (const [name, uid] of before) expect(after.get(name), name).toBe(uid);
  });

  it("are left alone by the next apply", async () => {
    expect((await stack.up()).changed).toEqual([]);
  });
});

describe("workloads of the predecessor that are deleted without their pods, as docs/migration.md says", () => {
  const stack = new TestStack("handed-over", "prod");

  beforeAll(async () => {
    await predecessor(stack);
    for (const object of PREDECESSORS) await orphan(stack.client, inNamespace(object, stack.namespace));
    await stack.up();
  });

  it("leave nothing of theirs behind: no volume, no mount, no variable that the program does not declare", async () => {
    for (const object of await stack.objects()) {
      if (!["Deployment", "StatefulSet"].includes(object.kind)) continue;
      const { spec: wanted } = object as Anything;
      const { spec: live } = (await stack.client.read(object)) as Anything;
      const names = ({ template: { spec } }: Anything) => ({
        volumes: (spec.volumes ?? []).map(({ name }: Anything) => name),
        mounts: (spec.containers[0].volumeMounts ?? []).map(({ mountPath }: Anything) => mountPath),
        env: (spec.containers[0].env ?? []).map(({ name }: Anything) => name),
      });
      expect(names(live), object.metadata.name).toEqual(names(wanted));
    }
  });

  it("leave their volumes to the new ones", async () => {
    const claims = await stack.list("PersistentVolumeClaim");
    expect([...claims.keys()]).toEqual(expect.arrayContaining(["postgres-15", "valkey-pvc"]));
  });

  it("leave no pod of theirs behind", async () => {
    const pods = [...(await stack.list("Pod")).values()];
    for (const { metadata, spec } of pods) expect(spec.serviceAccountName, metadata.name).not.toBe("default");
  });
});

/** The predecessor's workloads in the namespace of a stack, whose other objects are there already. */
async function predecessor(stack: TestStack): Promise<void> {
  const objects = await stack.objects();
  const workloads = ["Deployment", "StatefulSet", "Job", "CronJob", "NetworkPolicy"];
  const isNamespace = ({ kind }: KubernetesObject) => kind === "Namespace";
  // The playbook's namespaces say nothing of Pod Security.
  for (const { metadata, ...object } of objects.filter(isNamespace))
    await stack.client.create({
      ...object,
      metadata: { name: metadata.name, labels: { [STACK_LABEL]: metadata.labels?.[STACK_LABEL] ?? "" } },
    });
  for (const object of objects.filter((one) => !isNamespace(one) && !workloads.includes(one.kind)))
    await stack.client.create(object);
  const own = PREDECESSORS.map((object) => inNamespace(object, stack.namespace));
  for (const object of own) await stack.client.create(object);
  await waitUntilReady(stack.client, { objects: own, limitSeconds: 40 });
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, namespace } };
}

/** Deletes a workload and leaves its pods, as `oc delete --cascade=orphan` does. */
async function orphan(client: ApiClient, { kind, metadata }: KubernetesObject): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${metadata.namespace}/${kind.toLowerCase()}s/${metadata.name}`;
  await client.request("DELETE", path, { propagationPolicy: "Orphan" });
  const gone = async () => (await client.read({ apiVersion: "apps/v1", kind, metadata })) === undefined;
  await until(gone, { what: `${kind} ${metadata.name} to be gone`, limitSeconds: 20 });
}

async function uids(stack: TestStack): Promise<Map<string, string>> {
  const kinds = ["Deployment", "StatefulSet"];
  const lists = await Promise.all(kinds.map((kind) => stack.list(kind, { apiVersion: "apps/v1" })));
  return new Map(
    lists.flatMap((list) => [...list].map(([name, { metadata }]) => [name, metadata.uid] as const)),
  );
}
