import { describe, expect, it } from "vitest";
import type { ApiClient } from "../../../cluster/api-client.ts";
import { refuseIll } from "../../../operations/deployment/well.ts";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { apiStub } from "../../support/api-stub.ts";

const LABELS = { "packit.dev/stack": "stage" };
const SERVICE = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "service", namespace: "n", labels: LABELS },
};

/** The Deployment with so many pods that are ready, of one. */
const withReady = (count: number) => ({
  ...SERVICE,
  metadata: { ...SERVICE.metadata, generation: 1 },
  spec: { replicas: 1 },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: count,
    availableReplicas: count,
  },
});

/** Looks at a cluster in which the Deployment is in these states, one after another. */
async function look(states: readonly (KubernetesObject | undefined)[], url?: string) {
  const left = [...states];
  // It reads objects, and does nothing else.
  const client = { read: async () => (left.length > 1 ? left.shift() : left[0]) } as unknown as ApiClient;
  const told: string[] = [];
  const report = (line: string) => void told.push(line);
  await refuseIll({
    client,
    objects: [SERVICE],
    url,
    limitSeconds: 0.5,
    report,
    signal: new AbortController().signal,
  });
  return told;
}

describe("a stack that was deployed", () => {
  it("is well once all is ready", async () => {
    expect(await look([withReady(0), withReady(0), withReady(1)])).toEqual([
      "All that is deployed is ready.",
    ]);
  });

  it("is not if something does not become ready, or nothing is there", async () => {
    await expect(look([withReady(0)])).rejects.toThrow(
      /^Not ready after 0\.5 s:\n {2}readiness of .*service/i,
    );
    await expect(look([undefined])).rejects.toThrow("nothing of the stack is in the cluster");
  });

  it.each([
    [200, undefined],
    [503, /^The API is not well: .* answers 503$/],
  ])("is as well as its API, which answers %i", async (status, message) => {
    const { url } = await apiStub({ answer: (_, response) => void response.writeHead(status).end("{}") });
    const outcome = look([withReady(1)], `${url}/`);
    if (message) await expect(outcome).rejects.toThrow(message);
    else expect(await outcome).toEqual(["All that is deployed is ready.", "The API: it answers."]);
  });

  it("may be well where its API cannot be reached from here: that is told", async () => {
    expect((await look([withReady(1)], "http://127.0.0.1:1/")).at(-1)).toMatch(
      /is not within reach from here/,
    );
  });
});
