import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { until } from "../../cluster/until.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { chosenImages, stackImages } from "../../operations/images/stack-images.ts";
import { statusOf } from "../../operations/images/status.ts";
import { find } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { bringIn, ownImages, registry, settled, WORKER, WORKERS } from "./own-images.ts";
import { PlayedOpenShift } from "./played-openshift.ts";
import { FEW_PARTS, modestPod, TestStack } from "./stack.ts";

const ACCESS = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };

const { server, images } = await ownImages();
afterAll(() => server.stop());

describe("images that OpenShift imports", () => {
  const stack = new TestStack("imported-images");
  const changes = { ...FEW_PARTS, withBeat: true, images, imagePolicy: "schedule" };
  const client = new PlayedOpenShift(ACCESS);

  beforeAll(() => stack.up(changes));

  it("are imported as oc does it, the API's first, and run; the next apply changes nothing", async () => {
    const [before] = await dry();
    expect(before).toMatchObject({
      name: "packit-service",
      rolled: [expect.stringContaining("packit-service")],
    });
    expect(client.posted).toEqual([]);
    const outcome = await bringIn(stack, changes, { client });
    expect(outcome.map(({ name }) => name)).toEqual(["packit-service", "packit-worker"]);
    expect(client.posted.map(({ metadata }) => metadata.name)).toEqual(["packit-service", "packit-worker"]);
    const [first] = client.posted;
    const stream = find(await stack.objects(changes), "ImageStream", "packit-service");
    const [{ from }] = stream.spec.tags;
    expect(first.spec).toEqual({ import: true, images: [{ from, to: { name: "stg" } }] });
    expect(await imageOf("packit-service")).toMatch(/packit-service@sha256:/);
    for (const worker of WORKERS)
      expect(await imageOf(worker, "StatefulSet")).toMatch(/packit-worker@sha256:/);
    await settled(stack, changes);
    expect((await dry()).flatMap(({ rolled }) => rolled)).toEqual([]);
  });

  it("are told of: what is imported since when, though a list has another digest than what is in it", async () => {
    const all = stackImages(stack.settings(changes), await stack.objects(changes));
    const chosen = chosenImages(all, ["packit-worker"]);
    const place = { client, registry, namespace: stack.namespace, tag: "stg", images: chosen };
    const [worker] = await statusOf(place);
    expect(worker?.imported).toEqual({
      digest: (await registry.present(images.worker)).platforms[0],
      since: expect.stringMatching(/^\d{4}-/),
    });
    expect(worker?.pods.map(({ container }) => container)).toEqual([
      "packit-service-beat",
      "packit-worker",
      "packit-worker",
    ]);
    expect(worker?.pods.map(({ since }) => since)).toEqual(Array(3).fill(expect.any(String)));
  });

  it("leave the workers' alone where the API's import fails", async () => {
    client.posted.length = 0;
    client.failure = "the registry is asleep";
    await expect(bringIn(stack, changes, { client })).rejects.toMatchObject({
      errors: [{ message: "The import of packit-service fails: the registry is asleep" }],
    });
    client.failure = undefined;
    expect(client.posted).toHaveLength(1);
  });

  it("are waited for, and what keeps them is told with the pods that are stuck and how to remake them", async () => {
    server.pushList("packit/packit-worker:stg", ["2", "arm"]);
    client.rolls = false;
    const pod = `${WORKERS[0]}-0`;
    const uid = await stick(pod);
    const error = await bringIn(stack, changes, { client, named: WORKER, limitSeconds: 1 }).catch(
      (error) => error,
    );
    expect(error.message).toMatch(
      /StatefulSet \S+\/packit-worker-long-running: OpenShift has not put packit-worker in yet/,
    );
    expect(error.message).toContain(`  ${pod}: ImagePullBackOff\n`);
    expect(error.message).toContain(`--restart-stuck ${pod}`);
    client.rolls = true;
    for (const restartStuck of [["packit-worker-*"], [`${WORKERS[1]}-0`]])
      await expect(bringIn(stack, changes, { client, named: WORKER, restartStuck })).rejects.toThrow(
        `no pod of these images that is stuck. There are: ${pod}.`,
      );
    await bringIn(stack, changes, { client, named: WORKER, restartStuck: [pod] });
    expect((await stack.list("Pod")).get(pod)?.metadata.uid).not.toBe(uid);
  });

  it("are freed of a pod whose node does not end it, if that is named", async () => {
    const labels = { component: WORKERS[0] ?? "" };
    const { metadata, ...rest } = modestPod(stack.namespace, "of-a-lost-node", { nodeName: "lost" });
    const pod = await stack.client.create({ ...rest, metadata: { ...metadata, labels } });
    await stack.client.delete(pod);
    const restartStuck = [pod.metadata.name];
    await expect(bringIn(stack, changes, { client, named: WORKER, restartStuck })).rejects.toThrow(
      "There are none.",
    );
    vi.spyOn(client, "now").mockResolvedValue(new Date(Date.now() + 600_000));
    await bringIn(stack, changes, { client, named: WORKER, restartStuck });
    vi.restoreAllMocks();
    expect(await stack.client.read(pod)).toBeUndefined();
  });

  it("say so where nothing stands behind the API server that imports", async () => {
    await expect(bringIn(stack, changes, { named: WORKER })).rejects.toMatchObject({
      errors: [{ message: expect.stringContaining("no OpenShift stands behind this API server") }],
    });
    const gone = async () =>
      (await stack.list("ImageStreamImport", { apiVersion: "image.openshift.io/v1" })).size === 0;
    await until(gone, { what: "the import to be forgotten", limitSeconds: 20 });
  });

  const dry = () => bringIn(stack, changes, { client, isDry: true });

  async function imageOf(name: string, kind = "Deployment"): Promise<string> {
    const found = (await stack.list(kind, { apiVersion: "apps/v1" })).get(name);
    return found.spec.template.spec.containers[0].image;
  }

  /** Has a pod of the stack wait for an image that it does not get. */
  async function stick(name: string): Promise<string> {
    const { metadata, status } = (await stack.list("Pod")).get(name);
    const [first, ...rest] = status.containerStatuses;
    const waiting = { reason: "ImagePullBackOff", message: "back-off" };
    const containerStatuses = [{ ...first, ready: false, state: { waiting } }, ...rest];
    const path = `/api/v1/namespaces/${stack.namespace}/pods/${name}/status`;
    await stack.client.request(
      "PATCH",
      path,
      { status: { containerStatuses } },
      "application/merge-patch+json",
    );
    return metadata.uid;
  }
});
