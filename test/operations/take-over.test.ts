import { describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { fieldManager, STATE_ANNOTATION } from "../../cluster/pulumi-ownership.ts";
import { findForeign, takeOver } from "../../operations/take-over.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { config, written } from "../client/kubeconfigs.ts";
import type { Anything } from "../support/anything.ts";
import { apiStub } from "../support/api-stub.ts";
import { settingsOf } from "../support/stacks.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const LABEL = { "f:metadata": { "f:labels": { "f:packit.dev/stack": {} } } };
const SPEC = { "f:spec": { "f:own": {} } };

const entry = (manager: string, more: object = {}) => ({
  manager,
  apiVersion: "v1",
  fieldsV1: SPEC,
  ...more,
});

describe("an object that a stack takes over", () => {
  it.each([
    ["Secret", true],
    ["ConfigMap", true],
    ["Service", true],
    ["ServiceAccount", true],
    ["Namespace", false],
    ["TenantNamespace", false],
    ["PersistentVolumeClaim", false],
  ])("of kind %s loses what tools have put there and the program does not declare: %s", async (kind, loses) => {
    const [own] = await managers(kind, [entry("ansible")]);
    expect(own).toMatchObject({ manager: fieldManager("stage"), operation: "Apply", apiVersion: "v1" });
    expect(own?.fieldsV1).toEqual(loses ? { ...SPEC, ...LABEL } : LABEL);
  });

  it.each([
    "kube-controller-manager",
    "openshift-controller-manager",
    "kube-scheduler",
    "kubelet",
    "cluster-operator",
    "kube-apiserver",
    "ebs-provisioner",
    "kwok",
    "manager",
  ])("leaves %s what that owns", async (manager) => {
    expect(await managers("Service", [entry(manager)])).toEqual([
      entry(manager),
      expect.objectContaining({ fieldsV1: LABEL }),
    ]);
  });

  it.each([
    "kubectl",
    "OpenAPI-Generator",
    "oc",
    "ansible",
    "Mozilla",
    "python-requests",
  ])("takes from %s what that owns, but for the status that it may have written", async (manager) => {
    const status = entry(manager, { subresource: "status" });
    expect(await managers("Service", [entry(manager), status])).toEqual([
      status,
      expect.objectContaining({ fieldsV1: { ...SPEC, ...LABEL } }),
    ]);
  });

  it("takes no fields over that were written in another version of its kind, whose names may mean other things", async () => {
    const [own] = await managers("Service", [entry("kubectl", { apiVersion: "v1beta1" })]);
    expect(own?.fieldsV1).toEqual(LABEL);
  });

  it("loses the copy of its content, and the mark of a state that is lost", async () => {
    const { annotations } = (await patched("Secret", [entry("kubectl")])).metadata;
    expect(annotations).toEqual({ [LAST_APPLIED]: null, [STATE_ANNOTATION]: null });
  });

  it("is the one that was looked at: whoever has changed it since is heard", async () => {
    expect((await patched("Secret", [])).metadata.resourceVersion).toBe("77");
  });
});

describe("the namespace of a stack", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "packit--stg" } };

  it.each([
    ["managed-platform", 0],
    ["openshift", 1],
  ])("is somebody else's for good on the platform %s: %i are to be taken over", async (platform, count) => {
    const live = { ...namespace, metadata: { ...namespace.metadata, managedFields: [entry("oc")] } };
    const { client } = await clusterWith(live);
    expect(await findForeign(client, settingsOf("stage", { platform }), [namespace])).toHaveLength(count);
  });
});

async function managers(kind: string, managedFields: object[]): Promise<Anything[]> {
  return (await patched(kind, managedFields)).metadata.managedFields;
}

/** The patch by which an object that these manage is taken over. */
async function patched(kind: string, managedFields: object[]): Promise<Anything> {
  const metadata = { name: "x", namespace: "n", resourceVersion: "77", managedFields };
  const live: KubernetesObject = { apiVersion: "v1", kind, metadata };
  const { client, patches } = await clusterWith(live);
  await takeOver(client, live, "stage");
  expect(patches).toHaveLength(1);
  return patches[0];
}

/** An API server that has one object, and takes down what is to be changed of it. */
async function clusterWith(live: KubernetesObject) {
  const patches: Anything[] = [];
  const resources = [{ kind: live.kind, name: "things", namespaced: live.kind !== "Namespace", verbs: [] }];
  const { url } = await apiStub({
    answer: async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      if (request.method === "PATCH") patches.push(JSON.parse(body));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.url === "/api/v1" ? { resources } : live));
    },
  });
  const kubeconfig = written(config({ cluster: { server: url } }));
  return { client: new ApiClient({ kubeconfig, context: "here" }), patches };
}
