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
import { TestStack } from "./stack.ts";

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
