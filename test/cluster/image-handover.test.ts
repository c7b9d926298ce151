import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { applyStack, removeStack } from "../../cluster/apply.ts";
import { withImages } from "../../cluster/followed-images.ts";
import { handOver } from "../../cluster/image-handover.ts";
import { until } from "../../cluster/until.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { find, objectsOf } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const SPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: "handed-over-images" } };
const MANAGER = "packit-pulumi-images";
const TAG = "packit-worker:stg";

let beat: Anything;

beforeAll(async () => {
  const metadata = { namespace: SPACE.metadata.name, labels: { "packit.dev/stack": "images" } };
  beat = find(await objectsOf("stage"), "Deployment", "packit-service-beat");
  beat = { ...beat, metadata: { ...beat.metadata, ...metadata } };
  await client.create(SPACE);
});
afterAll(() => client.delete(SPACE));

describe("a workload that follows an image", () => {
  it("is made with the tag, and then never changes what somebody puts in, whoever that is", async () => {
    await up({});
    expect(await image()).toBe(TAG);
    const movers = ["openshift-controller-manager", "kubectl-set", "kubectl-edit", "somebody"];
    for (const [i, manager] of movers.entries()) {
      await move(imageOf(i), manager);
      await takeOverOf(manager);
      await up({ "packit.dev/try": String(i) });
      expect(await image(), manager).toBe(imageOf(i));
    }
  });

  it("goes on with a pinned image once it follows one again, and with a new tag of its own", async () => {
    await client.apply(
      withImages(beat, () => imageOf(7)),
      MANAGER,
    );
    expect(await image()).toBe(imageOf(7));
    await client.patch(beat, { metadata: { annotations: { [TRIGGERS]: null } } });
    await up({});
    expect(await image()).toBe(imageOf(7));
    const triggers = beat.metadata.annotations[TRIGGERS].replace(TAG, "packit-worker:other");
    await up({ [TRIGGERS]: triggers });
    expect(await image()).toBe("packit-worker:other");
    await client.delete(beat);
  });

  it("keeps it in an apply without the engine too, as long as it follows the same tag", async () => {
    await applyStack(client, "images", [beat]);
    await move(imageOf(8), "openshift-controller-manager");
    // The Deployment's controller writes to it once more, after each rollout.
    const isSettled = async () => (await applyStack(client, "images", [beat])).changed.length === 0;
    await until(isSettled, { what: "an apply that changes nothing", limitSeconds: 10 });
    const changed = { ...beat, spec: { ...beat.spec, revisionHistoryLimit: 3 } };
    await applyStack(client, "images", [changed]);
    expect(await image()).toBe(imageOf(8));
    await removeStack(client, "images");
  });
});

const TRIGGERS = "image.openshift.io/triggers";

/** What an `up` does: the hook, and then the provider's apply without the image. */
async function up(annotations: Readonly<Record<string, string>>): Promise<void> {
  const metadata = { ...beat.metadata, annotations: { ...beat.metadata.annotations, ...annotations } };
  const declared = withImages({ ...beat, metadata }, () => undefined);
  await handOver(client, declared, MANAGER);
  await client.apply(declared, MANAGER);
}

/** What Pulumi's provider does before an update: it takes the fields of kubectl for its own. */
async function takeOverOf(manager: string): Promise<void> {
  if (!manager.startsWith("kubectl")) return;
  const declared = withImages(beat, () => undefined);
  await handOver(client, declared, MANAGER);
  const { metadata } = (await client.read(beat)) as Anything;
  const managedFields = metadata.managedFields.filter((one: Anything) => one.manager !== manager);
  await client.patch(beat, { metadata: { managedFields } });
}

async function move(to: string, manager: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${SPACE.metadata.name}/deployments/packit-service-beat`;
  const change = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: to }];
  await client.request("PATCH", `${path}?fieldManager=${manager}`, change, "application/json-patch+json");
}

async function image(): Promise<string> {
  const live: KubernetesObject | undefined = await client.read(beat);
  return (live as Anything).spec.template.spec.containers[0].image;
}

const imageOf = (digit: number) => `quay.io/packit/packit-worker@sha256:${String(digit).repeat(64)}`;
