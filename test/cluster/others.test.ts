import { afterAll, describe, expect, it } from "vitest";
import { applyStack, removeStack } from "../../cluster/apply.ts";
import { localClient } from "../../local/up.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import { PATHS } from "./control-plane.ts";
import { smallStack } from "./small-stack.ts";

const client = localClient(PATHS);
const SPACE = "others";
const MINE = smallStack("mine", SPACE);

afterAll(() => client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: SPACE } }));

describe("what is another stack's", () => {
  it("is not taken over by an apply, as by that of a copied stack file", async () => {
    await applyStack(client, "mine", MINE);
    const before = await state(MINE);
    const copy = smallStack("yours", SPACE, { value: "b" });
    await expect(applyStack(client, "yours", copy)).rejects.toThrow(
      /^Objects of yours are there already.*nothing was changed:\n {2}Namespace others is of the stack mine\n/,
    );
    expect(await state(MINE)).toEqual(before);
  });

  it("is not even touched where it is one object of many, in a namespace of the stack's own", async () => {
    const space = "others-own";
    const [namespace, ...rest] = smallStack("yours", space);
    const shared = { ...configMap("said", "mine"), data: { key: "z" } };
    const before = await state(MINE);
    const objects = [
      namespace,
      ...rest,
      { ...shared, metadata: { ...shared.metadata, labels: { [STACK_LABEL]: "yours" } } },
    ];
    await expect(applyStack(client, "yours", objects as KubernetesObject[])).rejects.toThrow(
      "ConfigMap others/said is of the stack mine",
    );
    expect(await state(MINE)).toEqual(before);
    expect(
      await client.read({ apiVersion: "v1", kind: "Namespace", metadata: { name: space } }),
    ).toBeUndefined();
  });

  it("does not go with a namespace that is removed, or is no longer declared", async () => {
    await client.create(configMap("guest", "yours"));
    const before = await state(MINE);
    const refusal = /Others use namespaces of mine.*\n {2}ConfigMap others\/guest is of the stack yours/;
    await expect(removeStack(client, "mine")).rejects.toThrow(refusal);
    await expect(applyStack(client, "mine", [])).rejects.toThrow(refusal);
    expect(await state(MINE)).toEqual(before);
    await client.delete(configMap("guest", "yours"));
  });

  it("is nothing that the removal of a stack of a copied file finds", async () => {
    expect(await removeStack(client, "yours")).toEqual([]);
    expect((await removeStack(client, "mine")).map(nameOf).sort()).toEqual(MINE.map(nameOf).sort());
  });
});

describe("what is nobody's", () => {
  const space = "others-nobodys";
  const found = { apiVersion: "v1", kind: "Namespace", metadata: { name: space } };

  afterAll(() => client.delete(found));

  it("is not taken over, until it is handed over by its label", async () => {
    await client.create(found);
    const said = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "said", namespace: space } };
    await client.create(said);
    const objects = smallStack("mine", space);
    const before = await state([found, said]);
    await expect(applyStack(client, "mine", objects)).rejects.toThrow(
      /Namespace others-nobodys is there, and of no stack\n {2}ConfigMap others-nobodys\/said is there, and of no stack/,
    );
    expect(await state([found, said])).toEqual(before);
    for (const [path, name] of [
      ["namespaces", space],
      [`namespaces/${space}/configmaps`, "said"],
    ] as const)
      await client.request(
        "PATCH",
        `/api/v1/${path}/${name}`,
        { metadata: { labels: { [STACK_LABEL]: "mine" } } },
        "application/merge-patch+json",
      );
    await applyStack(client, "mine", objects);
    const after = await state([found, said]);
    expect(after.map(({ uid }) => uid)).toEqual(before.map(({ uid }) => uid));
    await removeStack(client, "mine");
  });
});

function configMap(name: string, stack: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: SPACE, labels: { [STACK_LABEL]: stack } },
  };
}

/** What tells whether anything was done to objects, but for their status. */
async function state(objects: readonly KubernetesObject[]) {
  const now = await Promise.all(objects.map((object) => client.read(object)));
  return now.map((object) => {
    const { uid, labels, generation } = object?.metadata as {
      uid?: string;
      labels?: object;
      generation?: number;
    };
    return { uid, labels, generation, data: object?.data };
  });
}
