import { describe, expect, it } from "vitest";
import { until } from "../../cluster/until.ts";
import { localClient } from "../../local/up.ts";
import { Release } from "../../operations/release/release.ts";
import { STEPS } from "../../operations/release/steps.ts";
import type { Anything } from "../support/anything.ts";
import { type InProcess, inProcess } from "../support/release/in-process.ts";
import { digestOf } from "../support/release/shapes.ts";
import { World } from "../support/release/world.ts";
import { PATHS } from "./control-plane.ts";
import { isReady, setStatus } from "./status.ts";

const client = localClient(PATHS);
const namespaces = { stage: "packit--released-stage", prod: "packit--released-prod" };
const IMAGES = ["packit-service", "packit-worker"];

describe("a release", () => {
  it("is complete once the pods of a real API server run its images, and says which do not", async () => {
    const world = await World.make();
    for (const namespace of Object.values(namespaces)) await populate(namespace);
    const pace = {
      now: () => new Date(),
      pause: async () => {
        const isSeen = context.said.some((line) => line.includes("runs the former"));
        if (isSeen) await roll(namespaces.prod, world.services.built);
      },
    };
    const context: InProcess = inProcess(world, { pace, cluster: { client, namespaces } });
    // The API's stand-in tells versions by the pods of its own.
    world.services.looks.pods = 0;
    const release = new Release(context, STEPS);
    await expect(release.resume()).rejects.toThrow(/the API runs packit-service/);
    await fetch(`${world.services.url}/kube/prod/api/v1/namespaces/x/pods`);
    await release.resume();
    const said = context.said.join("\n");
    expect(said).toMatch(/pod packit-service-0 runs the former packit-service/);
    expect(context.journal.step("verify")?.said).toBe("2 pods, the API is well");
    expect(context.journal.end).toBe("finished");
    expect([world.outside.topicChanges, world.outside.toots.length]).toEqual([4, 1]);
  });

  it("names a pod of a real API server that does not start, or does not go", async () => {
    const world = await World.make();
    const pod = await made(namespaces.stage, "packit-worker-1", "quay.io/packit/packit-worker:stg");
    const waiting = { reason: "ImagePullBackOff", message: "Back-off pulling image" };
    await setStatus(client, pod, {
      containerStatuses: [{ ...statusOf(pod), ready: false, state: { waiting } }],
    });
    const context = inProcess(world, { cluster: { client, namespaces } });
    await expect(new Release(context, STEPS).next()).rejects.toThrow(
      "pod packit-worker-1, packit-worker: ImagePullBackOff",
    );
  });
});

async function populate(namespace: string): Promise<void> {
  await client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, "test");
  for (const image of IMAGES) await made(namespace, `${image}-0`, `quay.io/packit/${image}:prod`);
  await roll(namespace, "0ld");
}

/** A pod that runs, as kwok has it. */
async function made(namespace: string, name: string, image: string): Promise<Anything> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { containers: [{ name: "main", image }] },
  };
  await client.create(pod);
  const ready = async () => {
    const found = (await client.read(pod)) as Anything;
    return found?.status?.conditions && isReady(found) ? found : undefined;
  };
  return until(ready, { what: `${name} to run`, limitSeconds: 30 });
}

/** Has the pods run the images of a commit: kwok pulls none, and so knows no digest. */
async function roll(namespace: string, sha: string): Promise<void> {
  for (const image of IMAGES) {
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: `${image}-0`, namespace } };
    const found = (await client.read(pod)) as Anything;
    const imageID = `quay.io/packit/${image}@${digestOf(image, sha)}`;
    await setStatus(client, pod, { containerStatuses: [{ ...statusOf(found), imageID }] });
  }
}

function statusOf(pod: Anything) {
  const [first] = pod.status.containerStatuses;
  return first;
}
