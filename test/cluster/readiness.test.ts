import { beforeAll, describe, expect, it } from "vitest";
import { applyStack } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { waitUntilReady } from "../../cluster/wait.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";
import { isReady, lose, setStatus } from "./status.ts";

const stack = new TestStack("readiness");
const PARTS = { ...FEW_PARTS, withBeat: true };

beforeAll(() => stack.up(PARTS));

describe("what does not become ready", () => {
  it("is named with the cluster's own reasons, each of them once", async () => {
    const objects = await stack.objects({ ...PARTS, valkey: { nodeSelector: { env: "nowhere" } } });
    await applyStack(stack.client, "readiness", objects);
    const error = await waitUntilReady(stack.client, { objects, limitSeconds: 3 }).catch(
      (cause: Error) => cause.message,
    );
    expect(error).toContain("Deployment packit--readiness/valkey: 0 of 1 pods are available");
    expect(error).toMatch(
      /Pod valkey-\S+: Pending: 0\/4 nodes are available: .*didn't match Pod's node affinity\/selector/,
    );
    expect(error?.match(/didn't match/g)).toHaveLength(1);
  });

  it("is a claim that no class serves", async () => {
    const { client, namespace } = stack;
    const spec = {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      storageClassName: "none",
    };
    const claim = {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "unserved", namespace },
      spec,
    };
    await client.create(claim);
    const error = await waitUntilReady(client, { objects: [claim], limitSeconds: 3 }).catch(
      (cause: Error) => cause.message,
    );
    expect(error).toContain("PersistentVolumeClaim packit--readiness/unserved: it is Pending, not Bound");
    expect(error).toContain('storageclass.storage.k8s.io "none" not found');
    await client.delete(claim);
  });
});

interface Refusable {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
  /** What its controller says of it while it is not ready, and once it is mended. */
  readonly bad: object;
  readonly good: object;
  readonly reason: string;
}

const HOST = "refusable.example.com";

const REFUSABLE: readonly Refusable[] = [
  {
    apiVersion: "route.openshift.io/v1",
    kind: "Route",
    spec: { host: HOST, to: { kind: "Service", name: "x", weight: 100 }, wildcardPolicy: "None" },
    bad: admitted({ status: "False", reason: "HostAlreadyClaimed", message: "route x/y has it" }),
    good: admitted({ status: "True" }),
    reason: "router default refuses it, HostAlreadyClaimed: route x/y has it",
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    spec: {
      ingressClassName: "none",
      defaultBackend: { service: { name: "x", port: { number: 80 } } },
    },
    bad: {},
    good: { loadBalancer: { ingress: [{ hostname: HOST }] } },
    reason: "it has no address: no Ingress controller of none serves it yet",
  },
  {
    apiVersion: "image.openshift.io/v1",
    kind: "ImageStream",
    spec: { tags: [{ name: "1", from: { kind: "DockerImage", name: "quay.io/x/y:1" } }] },
    bad: imported([], [{ type: "ImportSuccess", status: "False", reason: "Unauthorized", message: "no" }]),
    good: imported([{ image: "sha256:0", dockerImageReference: "quay.io/x/y", generation: 1 }], []),
    reason: "the import of tag 1 fails, Unauthorized: no",
  },
];

describe.each(REFUSABLE)("of kind $kind", ({ apiVersion, kind, spec, bad, good, reason }) => {
  const object = { apiVersion, kind, metadata: { name: "refusable", namespace: stack.namespace }, spec };
  const wait = (limitSeconds: number, report: (message: string) => void = () => {}) =>
    waitUntilReady(stack.client, { objects: [object], limitSeconds, report });

  it("what is turned down or passed over is told with the reason, and is ready once that is mended", async () => {
    await stack.client.create(object);
    if (kind !== "Ingress") await wait(20);
    await setStatus(stack.client, object, bad);
    const said = `${kind} ${stack.namespace}/refusable: ${reason}`;
    await expect(wait(1)).rejects.toThrow(new RegExp(`Not ready after 1 s:(.|\\n)*${said}`));
    const reports: string[] = [];
    const mended: Promise<void>[] = [];
    await wait(20, (message) => {
      reports.push(message);
      mended.push(setStatus(stack.client, object, good));
    });
    await Promise.all(mended);
    const short = kind === "Ingress" ? "refusable" : `refusable (${reason})`;
    expect(reports).toEqual([`1 left: ${short}`]);
    await stack.client.delete(object);
  });
});

describe("the pods of a node that was lost", () => {
  it("are ready again once it is back", async () => {
    const { client } = stack;
    await stack.up(PARTS);
    const before = [...(await stack.list("Pod")).values()].filter(({ status }) => status.phase === "Running");
    expect(before.length).toBeGreaterThan(5);
    await Promise.all(before.map((pod) => lose(client, pod, "False")));
    const back = async () => {
      const now = await stack.list("Pod");
      return before.every(({ metadata }) => isReady(now.get(metadata.name)));
    };
    await until(back, { what: "every pod to be ready again", limitSeconds: 20 });
    await stack.up(PARTS);
  });
});

function admitted(condition: object): object {
  const conditions = [{ type: "Admitted", ...condition }];
  return { ingress: [{ host: HOST, routerName: "default", wildcardPolicy: "None", conditions }] };
}

function imported(items: readonly object[], conditions: readonly object[]): object {
  return { tags: [{ tag: "1", items, conditions }] };
}
