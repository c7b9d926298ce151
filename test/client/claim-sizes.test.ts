import { describe, expect, it } from "vitest";
import { ApiError } from "../../cluster/api-client.ts";
import { refuseSizes } from "../../cluster/claim-sizes.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";

function claim(name: string, storage: string): KubernetesObject {
  const spec = { resources: { requests: { storage } } };
  return { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name, namespace: "n" }, spec };
}

/** A cluster that has claims of 4Gi, and what it says to another size of each. */
function clusterOf(answers: Readonly<Record<string, ApiError | undefined>>) {
  const asked: string[] = [];
  return {
    asked,
    read: async ({ metadata: { name } }: KubernetesObject) =>
      name in answers ? claim(name, "4Gi") : undefined,
    request: async <T>(method: string, path: string): Promise<T> => {
      asked.push(`${method} ${path}`);
      const error = Object.entries(answers).find(([name]) => path.includes(`/${name}?`))?.[1];
      if (error) throw error;
      // What it answers is of no interest.
      return {} as T;
    },
  };
}

const SMALLER = new ApiError(
  422,
  'PersistentVolumeClaim "a" is invalid: spec: field can not be less than status',
);
const NO_CLASS = new ApiError(403, "only dynamically provisioned pvc can be resized");

describe("sizes that volumes cannot be given", () => {
  it("are told all at once, with what each volume has, be they too small or of a class that lets none grow", async () => {
    const cluster = clusterOf({ a: SMALLER, b: NO_CLASS, c: undefined });
    const refused = refuseSizes(cluster, [claim("a", "1Gi"), claim("b", "9Gi"), claim("c", "9Gi")]);
    await expect(refused).rejects.toMatchObject({ name: "UserError" });
    const message = await refused.catch((error: Error) => error.message);
    expect(message).toMatch(/^Volumes cannot be given .*; nothing was applied\.\n/);
    expect(message).toContain("n/a has 4Gi, and 1Gi is declared: spec: field can not be less than status\n");
    expect(message).toContain(
      "n/b has 4Gi, and 9Gi is declared: only dynamically provisioned pvc can be resized\n",
    );
    expect(message).not.toContain("n/c");
  });

  it("are asked for without anything being done, and only where a size changes", async () => {
    const cluster = clusterOf({ a: undefined, b: undefined });
    await refuseSizes(cluster, [claim("a", "9Gi"), claim("b", "4Gi"), claim("new", "4Gi")]);
    expect(cluster.asked).toEqual(["PATCH /api/v1/namespaces/n/persistentvolumeclaims/a?dryRun=All"]);
  });

  it("are not guessed where the cluster says something else", async () => {
    const away = new ApiError(500, "etcd is away");
    await expect(refuseSizes(clusterOf({ a: away }), [claim("a", "9Gi")])).rejects.toBe(away);
  });
});
