import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeStack } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { backendIn, HAS_PULUMI, PulumiStack } from "./pulumi-stack.ts";

/** How long a run of Pulumi's CLI may take on a busy machine. */
const RUN_MS = 180_000;

const UP = ["up", "--yes", "--skip-preview"];
const NOTHING_TO_DO = ["preview", "--expect-no-changes"];

describe.skipIf(!HAS_PULUMI)("a stack of Pulumi's real engine", { timeout: RUN_MS }, () => {
  const stack = new PulumiStack("engine");

  beforeAll(async () => {
    await stack.configure();
    await succeeds(stack, ...UP);
  }, RUN_MS);
  afterAll(async () => {
    await removeStack(stack.client, stack.name);
    stack.remove();
  }, RUN_MS);

  it("has nothing to do for anybody else, whose kubeconfig is another file", async () => {
    const folder = join(stack.folder, "somebody else");
    mkdirSync(folder);
    copyFileSync(PATHS.kubeconfig, join(folder, "config"));
    stack.as({ KUBECONFIG: join(folder, "config"), PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
    await succeeds(stack, ...NOTHING_TO_DO);
    await succeeds(stack, "refresh", "--yes", "--expect-no-changes");
    const known = JSON.stringify(await stack.state());
    for (const text of [folder, PATHS.kubeconfig, ROOT]) expect(known).not.toContain(text);
    stack.as({ KUBECONFIG: PATHS.kubeconfig, PULUMI_K8S_ENABLE_PATCH_FORCE: "" });
  });

  it.each([NOTHING_TO_DO, UP])("is not looked at in a context that there is not: %s", async (...args) => {
    await stack.configure({ kubeContext: "packit-elsewhere" });
    const { exitCode, said } = await stack.pulumi(...args);
    expect(exitCode).not.toBe(0);
    expect(said).toContain('has no context "packit-elsewhere"');
    await stack.configure();
  });

  it("does not share an object of somebody else, though nothing in it would differ", async () => {
    const account = {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "packit-service-beat", namespace: stack.namespace },
    };
    const made = await stack.client.create(account, "by-hand");
    const before = await versions(stack);
    await stack.configure({ withBeat: true });
    const { exitCode, said } = await stack.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(said).toMatch(
      /ServiceAccount .*packit-service-beat is in the cluster already, and somebody else made it/,
    );
    expect(await stack.client.read(account)).toEqual(made);
    expect(await versions(stack)).toEqual(before);
    await stack.client.delete(account);
    await stack.configure();
  });

  it("is not taken over from another backend, where nothing is known of it", async () => {
    const before = await versions(stack);
    const backend = join(stack.folder, "another backend");
    mkdirSync(backend);
    stack.as({ PULUMI_BACKEND_URL: backendIn(backend) });
    await succeeds(stack, "stack", "select", "--create", stack.name);
    for (const args of [["preview"], UP]) {
      const { exitCode, said } = await stack.pulumi(...args);
      expect(exitCode).not.toBe(0);
      expect(said).toMatch(
        /is in the cluster already, and another state of stack engine made it\..*pulumi whoami/s,
      );
    }
    stack.as({ PULUMI_BACKEND_URL: backendIn(stack.folder) });
    await succeeds(stack, "stack", "select", stack.name);
    expect(await versions(stack)).toEqual(before);
  });

  it("keeps its namespaces and volumes when it is destroyed, and comes back on them", async () => {
    const kept = ["Namespace", "PersistentVolumeClaim"];
    const before = await uids(stack, kept);
    expect(before.length).toBeGreaterThan(4);
    await succeeds(stack, "state", "unprotect", "--all", "--yes");
    await succeeds(stack, "destroy", "--yes", "--skip-preview");
    const left = await stack.objects();
    expect([...new Set(left.map(({ kind }) => kind))].sort()).toEqual(expect.arrayContaining(kept));
    expect(left.filter(({ kind }) => ["Deployment", "StatefulSet", "Secret"].includes(kind))).toEqual([]);
    expect(await uids(stack, kept)).toEqual(before);
    await succeeds(stack, "preview");
    await succeeds(stack, ...UP);
    expect(await uids(stack, kept)).toEqual(before);
    await succeeds(stack, ...NOTHING_TO_DO);
  });
});

describe.skipIf(!HAS_PULUMI)("an image that OpenShift moves", { timeout: 2 * RUN_MS }, () => {
  const stack = new PulumiStack("moved");
  const beat = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "packit-service-beat", namespace: stack.namespace },
  };
  const container = async () =>
    ((await stack.client.read(beat)) as Anything).spec.template.spec.containers[0];

  /** Puts an image in as OpenShift's controller does. */
  async function move(digit: string, manager = "openshift-controller-manager"): Promise<string> {
    const image = imageOf(digit);
    const path = `/apis/apps/v1/namespaces/${stack.namespace}/deployments/${beat.metadata.name}`;
    const change = [{ op: "replace", path: "/spec/template/spec/containers/0/image", value: image }];
    const query = `?fieldManager=${manager}`;
    await stack.client.request("PATCH", path + query, change, "application/json-patch+json");
    return image;
  }

  it("is never put back nor shown, whatever was refreshed before, and can be pinned and let go", async () => {
    await stack.configure({ withBeat: true });
    await succeeds(stack, ...UP);
    expect((await container()).image).toBe("packit-worker:stg");
    await succeeds(stack, ...NOTHING_TO_DO);
    for (const refresh of [false, true]) {
      await move(refresh ? "b" : "a");
      await succeeds(stack, ...NOTHING_TO_DO);
      if (refresh) await succeeds(stack, "refresh", "--yes", "--expect-no-changes");
      // The second time a person does it, by kubectl set image, whose fields the provider takes for its own.
      const image = await move(refresh ? "d" : "c", refresh ? "kubectl-set" : undefined);
      const memory = refresh ? "301Mi" : "302Mi";
      await stack.configure({
        withBeat: true,
        beat: { resources: { requests: { memory }, limits: { memory } } },
      });
      const { said } = await stack.pulumi("preview", "--diff");
      expect(said).toContain(memory);
      expect(said).not.toMatch(/image *:/);
      const before = ((await stack.client.read(beat)) as Anything).metadata.generation;
      await succeeds(stack, ...UP);
      const after = await stack.client.read(beat);
      expect(await container()).toMatchObject({ image, resources: { limits: { memory } } });
      expect((after as Anything).metadata.generation).toBe(before + 1);
      await succeeds(stack, ...NOTHING_TO_DO);
    }
    await stack.configure({ withBeat: true, images: { worker: imageOf("e") } });
    await succeeds(stack, ...UP);
    expect((await container()).image).toBe(imageOf("e"));
    await succeeds(stack, ...NOTHING_TO_DO);
    await stack.configure({ withBeat: true });
    await succeeds(stack, "preview");
    await succeeds(stack, ...UP);
    expect((await container()).image).toBe(imageOf("e"));
    await succeeds(stack, ...NOTHING_TO_DO);
    await removeStack(stack.client, stack.name);
    stack.remove();
  });

  const imageOf = (digit: string) => `quay.io/packit/packit-worker@sha256:${digit.repeat(64)}`;
});

describe.skipIf(!HAS_PULUMI)("a run of Pulumi's real engine that is killed", { timeout: 2 * RUN_MS }, () => {
  // How many of its objects there are at that moment, of about 65.
  it.each([1, 20, 45, 60])("after %i objects is gone on with by cancel and up", async (count) => {
    const stack = new PulumiStack(`killed-${count}`);
    await stack.configure();
    const run = stack.start(...UP);
    await until(async () => (await stack.objects()).length >= count, {
      what: `${count} objects of ${stack.name}`,
      limitSeconds: 120,
    });
    process.kill(-(run.pid ?? 0), "SIGKILL");
    await run;
    await stack.pulumi("cancel", "--yes");
    await succeeds(stack, ...UP);
    await succeeds(stack, "refresh", "--yes", "--clear-pending-creates");
    expect((await stack.state()).pending_operations ?? []).toEqual([]);
    await succeeds(stack, ...NOTHING_TO_DO);
    await removeStack(stack.client, stack.name);
    stack.remove();
  });
});

describe.skipIf(!HAS_PULUMI)("a namespace that is in a new stack's way", { timeout: RUN_MS }, () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["nobody", {}, /is in the cluster already, and somebody else made it/],
    ["another", { "packit.dev/stack": "other" }, /is in the cluster already, and it belongs to stack other/],
  ])("of %s is refused before anything is changed", async (owner, labels, message) => {
    const stack = new PulumiStack(`way-of-${owner}`);
    await stack.configure();
    const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: stack.namespace, labels } };
    await stack.client.create(space, "by-hand");
    const before = await stack.client.read(space);
    const { exitCode, said } = await stack.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(said).toMatch(message);
    expect(await stack.pulumi(...UP)).not.toMatchObject({ exitCode: 0 });
    expect(await stack.client.read(space)).toEqual(before);
    await removeStack(stack.client, stack.name);
    await stack.client.delete(space);
    stack.remove();
  });
});

/** Runs Pulumi's CLI; what it said is shown if it fails. */
async function succeeds(stack: PulumiStack, ...args: readonly string[]): Promise<void> {
  const { exitCode, said } = await stack.pulumi(...args);
  expect(exitCode, said).toBe(0);
}

/** The versions of all of a stack's objects: each write is a new one. */
async function versions(stack: PulumiStack): Promise<string[]> {
  return (await stack.objects())
    .filter(isSettled)
    .map(told(({ resourceVersion }) => resourceVersion))
    .sort();
}

async function uids(stack: PulumiStack, kinds: readonly string[]): Promise<string[]> {
  const objects = (await stack.objects()).filter(({ kind }) => kinds.includes(kind));
  return objects.map(told(({ uid }) => uid)).sort();
}

const told = (field: (metadata: Anything) => string) => (object: KubernetesObject) =>
  `${object.kind} ${object.metadata.namespace} ${object.metadata.name} ${field(object.metadata)}`;

/** What no controller writes to. */
function isSettled({ kind }: KubernetesObject): boolean {
  return ["ConfigMap", "Secret", "Service", "Namespace", "ServiceAccount", "Role", "RoleBinding"].includes(
    kind,
  );
}
