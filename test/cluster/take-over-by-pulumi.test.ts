import { beforeAll, describe, expect, it } from "vitest";
import { fieldManager } from "../../cluster/pulumi-ownership.ts";
import { findForeign, takeOver } from "../../operations/take-over.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { TestStack } from "./stack.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What the playbook leaves behind and the program does not declare: a whole copy, a key, an option, a label. */
function byHand(object: KubernetesObject): KubernetesObject {
  const { labels, annotations, ...metadata } = object.metadata;
  const extra: Anything = {
    Secret: { data: { ...(object.data as object), "left-behind": "c2VjcmV0" } },
    ConfigMap: { data: { ...(object.data as object), "left-behind": "text", changed: "by hand" } },
    Service: { spec: { ...(object.spec as object), publishNotReadyAddresses: true } },
  };
  const mine = { ...annotations, [LAST_APPLIED]: JSON.stringify(object) };
  return {
    ...object,
    ...extra[object.kind],
    metadata: { ...metadata, annotations: mine, labels: { app: "packit" } },
  };
}

/** Workloads are deleted before, and what is made for them; a Job's name is not one that was there. */
const NEW = ["Deployment", "StatefulSet", "Job", "CronJob", "NetworkPolicy", "PodDisruptionBudget"];

describe("objects of the playbook that a stack takes over", () => {
  const stack = new TestStack("taken-over", "prod");
  let objects: KubernetesObject[];
  const read = () => Promise.all(objects.map((object) => stack.client.read(object) as Promise<Anything>));

  beforeAll(async () => {
    objects = (await stack.objects()).filter(({ kind }) => !NEW.includes(kind));
    for (const object of objects) await stack.client.create(byHand(object), "ansible");
  });

  it("are found, every one of them and nothing else", async () => {
    const foreign = await findForeign(stack.client, stack.settings(), await stack.objects());
    expect(foreign).toHaveLength(objects.length);
    for (const { why } of foreign) expect(why).toContain("somebody else made it (ansible");
  });

  it("stay the same objects, and keep nothing that the program does not declare, but for their volumes", async () => {
    const before = await read();
    for (const { live } of await findForeign(stack.client, stack.settings(), objects))
      await takeOver(stack.client, live, "taken-over");
    // As Pulumi's provider does: without force, so that another owner's field would end in a conflict.
    const options = { force: false };
    for (const object of objects) await stack.client.apply(object, fieldManager("taken-over"), options);
    const after = await read();
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    for (const { kind, metadata, data = {}, spec = {} } of after) {
      const name = `${kind} ${metadata.name}`;
      expect(metadata.annotations?.[LAST_APPLIED], name).toBeUndefined();
      expect(
        JSON.stringify(metadata.managedFields.map(({ manager }: Anything) => manager)),
        name,
      ).not.toContain("ansible");
      expect(Object.keys(data), name).not.toContain("left-behind");
      expect(spec.publishNotReadyAddresses ?? false, name).toBe(false);
      if (kind === "PersistentVolumeClaim") expect(metadata.labels.app, name).toBe("packit");
    }
  });

  it("are none any more after that", async () => {
    expect(await findForeign(stack.client, stack.settings(), objects)).toEqual([]);
  });

  it("cannot be those of another stack", async () => {
    const other = new TestStack("taken-by-another", "prod");
    const settings = { ...other.settings(), stack: "taken-by-another" };
    await expect(findForeign(stack.client, settings, objects)).rejects.toThrow(
      /Nothing is taken over:\n.* is in the cluster already, and it belongs to stack taken-over\./,
    );
  });
});
