import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { localClient } from "../../local/up.ts";
import { clusterNeeds } from "../../operations/doctor.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { temporaryFolder } from "../support/folder.ts";
import { PATHS } from "./control-plane.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";
import { setStatus } from "./status.ts";

const admin = localClient(PATHS);
const stack = new TestStack("examined");

describe("what a stack needs of its cluster", () => {
  it("is there for somebody who may do everything", async () => {
    expect(await missing(() => admin, await stack.objects())).toEqual([]);
  });

  it("is told of somebody who may look at Secrets and make them: each right that is missing, by kind and namespace", async () => {
    const { namespace } = stack;
    const objects = (await stack.objects()).filter(
      ({ kind, metadata }) => ["Secret", "Deployment"].includes(kind) && metadata.namespace === namespace,
    );
    expect(await missing(await clerk(), objects)).toEqual([
      `the right to delete secrets in ${namespace}`,
      `the right to get, watch, create, patch, delete deployments in ${namespace}`,
    ]);
  });

  it("is told of kinds and storage classes that the cluster does not have", async () => {
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "x", namespace: "default" },
    };
    const objects = [
      { apiVersion: "tenant.paas.redhat.com/v1alpha1", kind: "TenantEgress", metadata: claim.metadata },
      { ...claim, spec: { storageClassName: "gp2" } },
      { ...claim, spec: {} },
    ];
    expect(await missing(() => admin, objects)).toEqual([
      "the kind TenantEgress of tenant.paas.redhat.com/v1alpha1",
      "the storage class gp2",
    ]);
  });
});

describe("what is deployed of a stack", () => {
  const told = async () => {
    const found = await clusterNeeds(() => admin, LOCAL_CONTEXT, await stack.objects(FEW_PARTS));
    return found.slice(1).map(({ what, found, remedy }) => [what, found ?? remedy]);
  };

  it("is told when it is ready and when it is not, with the reason, and not before there is any", async () => {
    expect(await told()).toEqual([]);
    await stack.up(FEW_PARTS);
    expect(await told()).toEqual([["what is deployed", "ready"]]);
    const route = (await stack.list("Route", { apiVersion: "route.openshift.io/v1" })).get("packit-service");
    const condition = { type: "Admitted", status: "False", reason: "HostAlreadyClaimed", message: "taken" };
    await setStatus(admin, route, { ingress: [{ host: route.spec.host, conditions: [condition] }] });
    expect(await told()).toEqual([
      [
        `readiness of Route ${stack.namespace}/packit-service`,
        expect.stringContaining("HostAlreadyClaimed: taken"),
      ],
    ]);
    const foreign = { metadata: { labels: { "packit.dev/stack": "another" } } };
    await admin.patch(route, foreign);
    expect(await told()).toEqual([["what is deployed", "ready"]]);
  });
});

async function missing(connect: () => ApiClient, objects: readonly KubernetesObject[]): Promise<string[]> {
  const found = await clusterNeeds(connect, LOCAL_CONTEXT, objects);
  return found.flatMap((one) => (one.found === undefined ? [one.what] : [])).sort();
}

/** Somebody who may look at what a cluster can do, and make and change Secrets. */
async function clerk(): Promise<() => ApiClient> {
  const name = "clerk";
  const rbac = "rbac.authorization.k8s.io";
  const made = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace: "default" } },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: { name },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "watch", "create", "patch"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace: "default" }],
    },
  ];
  for (const object of made) await admin.apply(object, "test");
  const path = `/api/v1/namespaces/default/serviceaccounts/${name}/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await admin.request<{ status: { token: string } }>("POST", path, body);
  const kubeconfig = join(temporaryFolder(), "kubeconfig");
  const own = parse(readFileSync(PATHS.kubeconfig, "utf8"));
  writeFileSync(
    kubeconfig,
    stringify({ ...own, users: [{ name: LOCAL_CONTEXT, user: { token: status.token } }] }),
  );
  return () => new ApiClient({ kubeconfig, context: LOCAL_CONTEXT });
}
