import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restart, restartedFor } from "../../operations/images/restart.ts";
import type { Anything } from "../support/anything.ts";
import { find } from "../support/stacks.ts";
import { bringIn, ownImages, registry, settled, WORKER, WORKERS } from "./own-images.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";

const { server, images } = await ownImages();
afterAll(() => server.stop());

describe("images that pods pull by a tag", () => {
  const stack = new TestStack("pulled-images");
  const parts = { ...FEW_PARTS, withBeat: true, withFlower: true };
  const changes = { ...parts, images, platform: "kubernetes", hosts: { redisCommander: undefined } };

  beforeAll(() => stack.up(changes));

  it("get in by new pods, and neither the next apply nor one of Pulumi's provider changes anything", async () => {
    const workers = await templates();
    const [before] = await bringIn(stack, changes, { named: WORKER, isDry: true });
    expect(before?.rolled).toEqual([
      `Deployment ${stack.namespace}/packit-service-beat`,
      ...WORKERS.map((name) => `StatefulSet ${stack.namespace}/${name}`),
    ]);
    expect(await templates()).toEqual(workers);
    const outcome = await bringIn(stack, changes, { named: WORKER });
    const { digest } = await registry.present(images.worker);
    expect(outcome).toEqual([{ ...before, to: digest }]);
    const rolled = await templates();
    for (const { spec, metadata } of rolled.values()) {
      expect(spec.containers[0]).toMatchObject({ image: images.worker, imagePullPolicy: "Always" });
      expect(metadata.annotations["images.packit.dev/packit-worker"]).toMatch(`${digest} `);
    }
    await settled(stack, changes);
    for (const name of WORKERS) {
      const declared = find(await stack.objects(changes), "StatefulSet", name);
      await stack.client.apply(declared, "packit-pulumi-pulled-images");
    }
    expect(await templates()).toEqual(rolled);
  });

  it("stay where every pod runs what the tag leads to, be it by a list's digest or that of one in it", async () => {
    const { digest, platforms } = await registry.present(images.worker);
    await pulled([digest, ...platforms]);
    const before = await templates();
    expect(await bringIn(stack, changes, { named: WORKER })).toMatchObject([{ to: digest, rolled: [] }]);
    expect(await templates()).toEqual(before);
    const { digest: newer } = server.pushList("packit/packit-worker:stg", ["3", "arm of 3"]);
    const [outcome] = await bringIn(stack, changes, { named: WORKER });
    expect(outcome).toMatchObject({ to: newer, rolled: Array(3).fill(expect.any(String)) });
    expect(await templates()).not.toEqual(before);
  });

  it("replace the pods of a workload for each of its images, and for none of them again", async () => {
    const beat = find(await stack.objects(changes), "Deployment", "packit-service-beat");
    for (const [name, digest] of Object.entries({ a: "sha256:1", b: "sha256:2" }))
      await restart({ client: stack.client, live: (await stack.client.read(beat)) ?? beat, name, digest });
    const live = (await stack.client.read(beat)) ?? beat;
    expect(["a", "b", "c"].map((name) => restartedFor(live, name))).toEqual([
      "sha256:1",
      "sha256:2",
      undefined,
    ]);
    await settled(stack, changes);
  });

  it("of others are pulled once a node, and not imported", async () => {
    await expect(bringIn(stack, changes, { named: ["nginx"] })).rejects.toThrow(
      "is pulled once a node, and stays",
    );
  });

  it("are asked of a stack that is there", async () => {
    const nowhere = new TestStack("pulled-images-nowhere");
    await expect(bringIn(nowhere, changes, { named: WORKER })).rejects.toThrow("Bring the stack up first.");
  });

  /** The workers' pod templates as they are. */
  async function templates(): Promise<Map<string, Anything>> {
    const all = await stack.list("StatefulSet", { apiVersion: "apps/v1" });
    return new Map(WORKERS.map((name) => [name, all.get(name).spec.template]));
  }

  /** Has nodes say of the workers' pods that they run these, one after the other. */
  async function pulled(digests: readonly string[]): Promise<void> {
    const pods = [...(await stack.list("Pod")).values()].filter(({ metadata }) =>
      ["packit-service-beat", ...WORKERS].includes(metadata.labels?.component),
    );
    for (const [i, { metadata, status }] of pods.entries()) {
      const [first, ...rest] = status.containerStatuses;
      const imageID = `${images.worker.replace(/:stg$/, "")}@${digests[i % digests.length]}`;
      const path = `/api/v1/namespaces/${stack.namespace}/pods/${metadata.name}/status`;
      const containerStatuses = [{ ...first, imageID }, ...rest];
      await stack.client.request(
        "PATCH",
        path,
        { status: { containerStatuses } },
        "application/merge-patch+json",
      );
    }
  }
});
