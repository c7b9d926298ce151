import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("take-over");

/** The predecessor's volumes of files: whole Secrets, under names of its own. */
const VOLUMES = [
  { name: "packit-secrets", secret: { secretName: "packit-secrets" } },
  { name: "packit-config", secret: { secretName: "packit-config" } },
  { name: "gh-secrets", secret: { secretName: "github-app-private-key" } },
  { name: "centpkg-sig", secret: { secretName: "centpkg-sig" } },
  { name: "packit-ssh", secret: { secretName: "packit-ssh" } },
  { name: "postgres-config", configMap: { name: "postgres-config" } },
  { name: "cache-volume", emptyDir: { medium: "Memory", sizeLimit: "128Mi" } },
];

let before: Map<string, string>;

beforeAll(async () => {
  const objects = await stack.objects();
  for (const object of objects.filter(({ kind }) => kind === "Namespace")) await stack.client.create(object);
  for (const object of objects.filter(({ kind }) => kind !== "Namespace")) {
    await stack.client.create(
      ["Deployment", "StatefulSet"].includes(object.kind) ? predecessors(object) : object,
    );
  }
  before = await uids();
});

describe("objects of the predecessor", () => {
  it("can be taken over by a forced apply, and stay the same objects", async () => {
    await stack.up();
    expect(await uids()).toEqual(before);
  });

  it("are left alone by the next apply", async () => {
    expect((await stack.up()).changed).toEqual([]);
  });
});

/** A workload as the predecessor left it: its own volumes, each mounted where ours is. */
function predecessors(object: KubernetesObject): KubernetesObject {
  const copy: Anything = structuredClone(object);
  const { spec } = copy.spec.template;
  const [container] = spec.containers;
  const claims = (spec.volumes ?? []).filter(({ persistentVolumeClaim }: Anything) => persistentVolumeClaim);
  const kept = [...claims.map(({ name }: Anything) => name), "packit-worker-repository-cache"];
  container.volumeMounts = [
    ...(container.volumeMounts ?? []).filter(({ name }: Anything) => kept.includes(name)),
    ...VOLUMES.map(({ name }) => ({ name, mountPath: `/predecessor/${name}` })),
    { name: "packit-secrets", mountPath: "/secrets" },
  ];
  spec.volumes = [...claims, ...VOLUMES];
  spec.terminationGracePeriodSeconds = 10;
  delete spec.initContainers;
  if (object.kind === "Deployment") copy.spec.strategy = { type: "Recreate" };
  return copy;
}

async function uids(): Promise<Map<string, string>> {
  const kinds = ["Deployment", "StatefulSet"];
  const lists = await Promise.all(kinds.map((kind) => stack.list(kind, { apiVersion: "apps/v1" })));
  return new Map(
    lists.flatMap((list) => [...list].map(([name, { metadata }]) => [name, metadata.uid] as const)),
  );
}
