import { beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("apply");
const other = new TestStack("apply-other", "prod");

beforeAll(async () => {
  await stack.up();
  await other.up();
});

describe("an apply", () => {
  it("that has nothing to do changes nothing", async () => {
    const before = await versions(stack);
    const { changed, removed } = await stack.up();
    expect([changed, removed]).toEqual([[], []]);
    expect(await versions(stack)).toEqual(before);
  });

  it("without a component removes its objects, and no others", async () => {
    const before = await uids(stack);
    const { removed } = await stack.up({ withFedmsg: false, withBeat: false });
    expect(removed.map(nameOf).sort()).toEqual([
      "Deployment packit--apply/packit-service-beat",
      "Deployment packit--apply/packit-service-fedmsg",
      "ImageStream packit--apply/packit-service-fedmsg",
      "NetworkPolicy packit--apply/packit-service-beat",
      "NetworkPolicy packit--apply/packit-service-fedmsg",
      "ServiceAccount packit--apply/packit-service-beat",
      "ServiceAccount packit--apply/packit-service-fedmsg",
    ]);
    for (const object of removed) before.delete(nameOf(object));
    expect(await uids(stack)).toEqual(before);
  });

  it("leaves the objects of another stack alone", async () => {
    const before = await versions(other);
    await stack.down();
    expect(await stack.applied()).toEqual([]);
    expect(await versions(other)).toEqual(before);
  });

  it("brings a removed stack back", async () => {
    await stack.up();
    expect((await stack.list("Pod")).size).toBe(12);
  });
});

describe("the API server", () => {
  it.each([
    ["Route", (object: KubernetesObject) => ({ ...object, spec: { ...(object.spec as object), hots: "x" } })],
    ["ImageStream", (object: KubernetesObject) => ({ ...object, spec: { lookupPolicy: { lokal: true } } })],
    [
      "Deployment",
      (object: KubernetesObject) => ({ ...object, spec: { ...(object.spec as object), replicsa: 1 } }),
    ],
    [
      "StatefulSet",
      (object: KubernetesObject) => ({
        ...object,
        spec: { ...(object.spec as object), "updateStrategy.type": "x" },
      }),
    ],
  ])("refuses a %s with a misspelt field", async (kind, misspell) => {
    const object = (await stack.objects()).find((one) => one.kind === kind) as KubernetesObject;
    await expect(stack.client.apply(misspell(object), "test")).rejects.toThrow(
      /field not declared in schema/,
    );
  });

  it("takes a BuildConfig, and refuses one with a misspelt field", async () => {
    const build = (strategy: object) => ({
      apiVersion: "build.openshift.io/v1",
      kind: "BuildConfig",
      metadata: { name: "packit-worker", namespace: stack.namespace },
      spec: {
        source: { git: { uri: "https://github.com/packit/packit-service.git", ref: "refs/pull/1/head" } },
        strategy,
      },
    });
    const strategy = {
      dockerStrategy: {
        dockerfilePath: "files/docker/Dockerfile.worker",
        buildArgs: [{ name: "A", value: "b" }],
      },
    };
    await stack.client.apply(build(strategy), "test");
    await expect(stack.client.apply(build({ dokcerStrategy: {} }), "test")).rejects.toThrow(
      /field not declared/,
    );
  });
});

async function versions(of: TestStack): Promise<Map<string, unknown>> {
  return fields(await of.applied(), "resourceVersion");
}

async function uids(of: TestStack): Promise<Map<string, unknown>> {
  return fields(await of.applied(), "uid");
}

function fields(objects: readonly KubernetesObject[], field: string): Map<string, unknown> {
  return new Map(
    objects.map((object) => [nameOf(object), (object.metadata as Record<string, unknown>)[field]]),
  );
}
