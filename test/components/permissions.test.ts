import { beforeAll, describe, expect, it } from "vitest";
import { managementObjects } from "../../operations/test-instances/management.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { REAPED_POOL } from "../support/pool.ts";
import { objectsOf } from "../support/stacks.ts";

const EVERYTHING = {
  imagePolicy: "schedule",
  repositoryCache: { repositories: [{ url: "https://example.com/a" }], refresh: { enabled: true } },
};

/** What each account may do, and where; `*` is everywhere. What its program asks of the API is in its own script. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "packit-worker": [
    "packit--stg-sandbox: create persistentvolumeclaims",
    "packit--stg-sandbox: create pods",
    "packit--stg-sandbox: create pods/exec",
    "packit--stg-sandbox: delete persistentvolumeclaims",
    "packit--stg-sandbox: delete pods",
    "packit--stg-sandbox: get pods",
    "packit--stg-sandbox: get pods/exec",
    "packit--stg-sandbox: get pods/log",
    "packit--stg-sandbox: list persistentvolumeclaims",
    "packit--stg-sandbox: list pods",
  ],
  // `oc import-image` reads and writes the stream; `oc rollout status` watches Deployments.
  "image-import": [
    "packit--stg: create image.openshift.io/imagestreamimports",
    "packit--stg: get apps/deployments",
    "packit--stg: get image.openshift.io/imagestreams",
    "packit--stg: list apps/deployments",
    "packit--stg: update image.openshift.io/imagestreams",
    "packit--stg: watch apps/deployments",
  ],
  // `oc create`, `get` and `delete` of Jobs, which waits by a list and a watch.
  "repository-cache-refresh": ["packit--stg", "packit--stg-sandbox"].flatMap((namespace) =>
    ["create", "delete", "get", "list", "watch"].map((verb) => `${namespace}: ${verb} batch/jobs`),
  ),
  // What it removes, each deploy lets it remove in its own namespaces. It reads no Secret, and makes nothing.
  "packit-test-reaper": [
    "*: get namespaces",
    "*: list namespaces",
    ...["delete", "get", "list", "update"].map(
      (verb) => `packit-test-instances: ${verb} coordination.k8s.io/leases`,
    ),
  ],
};

let objects: KubernetesObject[];

beforeAll(async () => {
  objects = [...(await objectsOf("stage", EVERYTHING)), ...managementObjects(REAPED_POOL)];
});

describe("the rights that this project gives", () => {
  it("are each account's own, and no more than it uses", () => {
    const given = objects.filter(({ kind }) => kind.endsWith("RoleBinding")).flatMap(rightsOf);
    const accounts = Map.groupBy(given, ({ account }) => account);
    const seen = [...accounts].map(([account, all]) => [account, all.map(({ right }) => right).sort()]);
    const wanted = Object.entries(ALLOWED).map(([account, rights]) => [account, [...rights].sort()]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted));
  });

  it("are of roles that are bound, and of no role that is made elsewhere", () => {
    const roles = objects.filter(({ kind }) => kind === "Role" || kind === "ClusterRole");
    const bindings = objects.filter(({ kind }) => kind.endsWith("RoleBinding"));
    expect(bindings).toHaveLength(roles.length);
    for (const { roleRef } of bindings as Anything[])
      expect(roles.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain(
        `${roleRef.kind} ${roleRef.name}`,
      );
  });
});

function rightsOf(binding: KubernetesObject): { account: string; right: string }[] {
  const { metadata, roleRef, subjects } = binding as Anything;
  const role: Anything = objects.find(
    (one) =>
      one.kind === roleRef.kind &&
      one.metadata.name === roleRef.name &&
      one.metadata.namespace === metadata.namespace,
  );
  const place = metadata.namespace ?? "*";
  return subjects.flatMap(({ kind, name, namespace }: Anything) => {
    // Of another namespace, an account of the same name is somebody else.
    const home = name === "packit-test-reaper" ? "packit-test-instances" : "packit--stg";
    const account = kind === "ServiceAccount" && namespace === home ? name : `${kind} ${namespace}/${name}`;
    return role.rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [""] }: Anything) =>
      apiGroups.flatMap((group: string) =>
        resources.flatMap((resource: string) =>
          verbs.flatMap((verb: string) =>
            resourceNames.map((one: string) => ({
              account,
              right: `${place}: ${verb} ${group && `${group}/`}${resource} ${one}`.trimEnd(),
            })),
          ),
        ),
      ),
    );
  });
}
