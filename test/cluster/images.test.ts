import { realpathSync } from "node:fs";
import { Agent } from "undici";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Import, importImages } from "../../operations/images/import.ts";
import { restart, restartedFor } from "../../operations/images/restart.ts";
import { chosenImages, stackImages } from "../../operations/images/stack-images.ts";
import { statusOf } from "../../operations/images/status.ts";
import { Registry } from "../../registry/registry.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { command, project } from "../support/cli.ts";
import { FakeRegistry } from "../support/registry.ts";
import { find } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { modestPod, TestStack } from "./stack.ts";

const ACCESS = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const WORKERS = ["packit-worker-long-running", "packit-worker-short-running"];
const WORKER = ["packit-worker"];
const PATCH = "application/strategic-merge-patch+json";

const server = await new FakeRegistry().start();
const registry = new Registry({ dispatcher: new Agent() });
const reference = (name: string) => `${server.host}/packit/${name}:stg`;
const images = { service: reference("packit-service"), worker: reference("packit-worker") };

beforeAll(() => {
  for (const name of ["packit-service", "packit-worker"]) server.pushList(`packit/${name}:stg`, ["1", "arm"]);
});
afterAll(() => server.stop());

interface Options {
  readonly client?: ApiClient;
  readonly named?: readonly string[];
  readonly restartStuck?: readonly string[];
  readonly isDry?: boolean;
  readonly limitSeconds?: number;
}

/** What `./ops images import` does for a stack. */
async function bringIn(stack: TestStack, changes: object, options: Options = {}): Promise<Import[]> {
  const {
    client = stack.client,
    named = Object.keys(images).map((name) => `packit-${name}`),
    restartStuck = [],
    isDry = false,
  } = options;
  const all = stackImages(stack.settings({ ...changes }), await stack.objects({ ...changes }));
  return importImages({
    ...{ client, registry, namespace: stack.namespace, tag: "stg", restartStuck, isDry },
    images: chosenImages(all, named),
    limitSeconds: options.limitSeconds ?? 40,
    signal: new AbortController().signal,
    report: () => {},
  });
}

/** An OpenShift in which this test plays the importer, and what puts images into workloads. */
class PlayedOpenShift extends ApiClient {
  readonly posted: Anything[] = [];
  /** What an import fails with. */
  failure: string | undefined;
  /** Whether new images are put into workloads. */
  rolls = true;

  override async request<T = KubernetesObject>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: object,
    type?: string,
  ): Promise<T> {
    if (!path.includes("/imagestreamimports")) return super.request<T>(method, path, body, type);
    // The kind's own schema, with every field that it does not know refused.
    await super.request(method, `${path}&dryRun=All`, body, type);
    this.posted.push(body);
    return (await this.#imported(body as Anything)) as T;
  }

  async #imported({ metadata: { name, namespace }, spec }: Anything): Promise<object> {
    const [{ from, to }] = spec.images;
    if (this.failure !== undefined)
      return { status: { images: [{ status: { status: "Failure", message: this.failure } }] } };
    const { platforms } = await registry.present(from.name);
    // OpenShift imports the image of its own kind of machine out of a list.
    const [digest = ""] = platforms;
    const image = `${from.name.replace(/:stg$/, "")}@${digest}`;
    const items = [
      { created: new Date().toISOString(), dockerImageReference: image, generation: 9, image: digest },
    ];
    const stream = `/apis/image.openshift.io/v1/namespaces/${namespace}/imagestreams/${name}/status`;
    const status = { tags: [{ tag: to.name, items }] };
    await super.request("PATCH", stream, { status }, "application/merge-patch+json");
    if (this.rolls) await this.#roll(namespace, `${name}:${to.name}`, image);
    return {
      status: {
        images: [{ status: { status: "Success" }, image: { metadata: { name: digest } }, tag: to.name }],
      },
    };
  }

  async #roll(namespace: string, tag: string, image: string): Promise<void> {
    for (const kind of ["Deployment", "StatefulSet"]) {
      for (const { metadata } of await this.list({ apiVersion: "apps/v1", kind }, { namespace })) {
        const triggers = JSON.parse(metadata.annotations?.["image.openshift.io/triggers"] ?? "[]");
        for (const { from, fieldPath } of triggers) {
          const [, list, container] = /spec\.(\w+)\[\?\(@\.name=="([^"]+)"\)\]/.exec(fieldPath) ?? [];
          if (from.name !== tag || list === undefined) continue;
          const spec = { template: { spec: { [list]: [{ name: container, image }] } } };
          const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${metadata.name}`;
          await super.request("PATCH", `${path}?fieldManager=openshift-controller-manager`, { spec }, PATCH);
        }
      }
    }
  }
}

describe("images that OpenShift imports", { timeout: 120_000 }, () => {
  const stack = new TestStack("imported-images");
  const changes = { images, imagePolicy: "schedule" };
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

describe("images that pods pull by a tag", { timeout: 120_000 }, () => {
  const stack = new TestStack("pulled-images");
  const changes = { images, platform: "kubernetes", hosts: { redisCommander: undefined } };

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

describe("the CronJob that imports at set times", () => {
  const stack = new TestStack("scheduled-images");
  const cronJob = async (imageImport: object) =>
    find(await stack.objects({ imagePolicy: "schedule", imageImport }), "CronJob", "image-import");

  beforeAll(() =>
    stack.client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: stack.namespace } }),
  );
  afterAll(() => stack.down());

  it.each([
    ["Sundays at two, as prod", {}, "0 2 * * 0", "Etc/UTC"],
    ["every hour, as stage", { schedule: "0 * * * *" }, "0 * * * *", "Etc/UTC"],
    ["Sundays at two in Brno", { timeZone: "Europe/Prague" }, "0 2 * * 0", "Europe/Prague"],
  ])("runs on %s, as the API server takes it", async (_, changes, schedule, timeZone) => {
    const object = await cronJob(changes);
    expect(object.spec).toMatchObject({ schedule, timeZone });
    await stack.client.tryCreate(object);
  });

  it.each([
    [{ schedule: "0 25 * * 0" }, "spec.schedule"],
    [{ timeZone: "Europe/Brno" }, "spec.timeZone"],
  ])("would be refused by the API server with %j, were it not by the settings", async (wrong, field) => {
    await expect(cronJob(wrong)).rejects.toThrow(/imageImport/);
    const object = await cronJob({});
    await expect(stack.client.tryCreate({ ...object, spec: { ...object.spec, ...wrong } })).rejects.toThrow(
      field,
    );
  });
});

describe("./ops images", { timeout: 120_000 }, () => {
  const stack = new TestStack("told-images");
  // Nothing but the registry on this machine is reached.
  const env = { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "http://127.0.0.1:1" };
  const own = {
    images,
    deployment: "stg",
    kubeContext: LOCAL_CONTEXT,
    namespace: stack.namespace,
    platform: "openshift",
    storageClass: STORAGE_CLASS,
    hosts: { service: "s.packit.dev", dashboard: "d.packit.dev", workers: "w.packit.dev" },
    identity: { fasUser: "packit-stg" },
  };
  const ops = (...args: string[]) => {
    const lines = Object.entries(own).map(([key, value]) => `  packit:${key}: ${JSON.stringify(value)}\n`);
    const cwd = realpathSync(project({ "Pulumi.told-images.yaml": `config:\n${lines.join("")}` }));
    return command("images", [...args, "--kubeconfig", PATHS.kubeconfig], { cwd, env });
  };

  beforeAll(() => stack.up({ images }));

  it("tells of every image, in 80 columns, and what keeps it from telling more", async () => {
    const { exitCode, stdout, stderr } = await ops("status", "told-images");
    const text = String(stdout);
    expect(String(stderr)).toContain(`In the context ${LOCAL_CONTEXT}, in the namespace ${stack.namespace}:`);
    expect(text).toMatch(/packit-worker +│ [0-9a-f]{12}/);
    expect(text).toMatch(/^nginx: The registry quay\.io cannot be asked: /m);
    for (const line of text.split("\n").filter((line) => /[│─]/.test(line))) expect(line.length).toBe(80);
    expect(exitCode).toBe(1);
  });

  it("says what an import would do, as JSON too, and does nothing", async () => {
    const before = await stack.applied();
    const { exitCode, stdout } = await ops("import", "told-images", "packit-worker", "--dry-run", "--json");
    const { digest: to } = await registry.present(images.worker);
    const name = "packit-worker";
    const rolled = expect.arrayContaining([`StatefulSet ${stack.namespace}/packit-worker-long-running`]);
    expect(JSON.parse(String(stdout))).toEqual([{ name, to, rolled }]);
    expect(exitCode).toBe(0);
    expect(await stack.applied()).toEqual(before);
  });

  it("refuses what is no image of the stack, before it asks anybody", async () => {
    const { exitCode, stderr } = await ops("import", "told-images", "packit-wroker");
    expect([exitCode, String(stderr)]).toEqual([1, expect.stringContaining("Did you mean packit-worker?")]);
  });
});

/** Waits until an apply changes nothing: controllers write to workloads once more after a rollout. */
async function settled(stack: TestStack, changes: object): Promise<void> {
  const unchanged = async () => (await stack.up({ ...changes })).changed.length === 0;
  await until(unchanged, { what: "an apply that changes nothing", limitSeconds: 20 });
}
