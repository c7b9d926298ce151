import { describe, expect, it } from "vitest";
import { notReady, takesTime } from "../../cluster/readiness.ts";

const METADATA = { name: "x", generation: 2 };

const HOST = { host: "packit.dev" };
const CLAIMED = { reason: "HostAlreadyClaimed", message: "route other already exposes packit.dev" };

/** What a router says of a Route. */
function router(status: "True" | "False", said: object = {}, host = HOST.host) {
  return { host, routerName: "default", conditions: [{ type: "Admitted", status, ...said }] };
}

/** A stream of some tags, by the generation in which each was last changed. */
function tags(generations: Readonly<Record<string, number | null>>) {
  return { tags: Object.entries(generations).map(([name, generation]) => ({ name, generation })) };
}

/** What the importer says of a tag: the generation of what was imported last, and of the import that fails. */
function imported(tag: string, generation?: number, failing?: number) {
  const failure = { reason: "Unauthorized", message: "not allowed", generation: failing };
  return {
    tag,
    items: generation === undefined ? null : [{ generation }, { generation: 1 }],
    ...(failing !== undefined && {
      conditions: [{ type: "ImportSuccess", status: "False", ...failure }],
    }),
  };
}

function object(kind: string, status: object, spec: object = {}) {
  return { apiVersion: "v1", kind, metadata: METADATA, spec, status };
}

describe("an object", () => {
  const all = {
    observedGeneration: 2,
    replicas: 2,
    updatedReplicas: 2,
    availableReplicas: 2,
    readyReplicas: 2,
  };

  it.each<[kind: string, status: object, spec?: object]>([
    ["Deployment", all],
    ["StatefulSet", all],
    ["PersistentVolumeClaim", { phase: "Bound" }],
    ["Job", { conditions: [{ type: "Complete", status: "True" }] }],
    ["CustomResourceDefinition", { conditions: [{ type: "Established", status: "True" }] }],
    ["Route", { ingress: [router("True")] }, HOST],
    ["Route", { ingress: [router("False", CLAIMED, "former.dev"), router("True")] }, HOST],
    ["Ingress", { loadBalancer: { ingress: [{ hostname: "lb.example.com" }] } }],
    ["ImageStream", {}],
    ["ImageStream", { tags: [imported("a", 2), imported("b", 1)] }, tags({ a: 2, b: null })],
    // It was changed since that import failed, and imported since.
    ["ImageStream", { tags: [imported("a", 3, 2)] }, tags({ a: 3 })],
    ["Secret", {}],
  ])("of kind %s is ready when its status says so: %o", (kind, status, spec = { replicas: 2 }) => {
    expect(notReady(object(kind, status, spec))).toBeUndefined();
  });

  it.each<[kind: string, status: object, reason: RegExp, spec?: object]>([
    ["Deployment", { ...all, observedGeneration: 1 }, /has not seen the last change/],
    ["Deployment", { ...all, updatedReplicas: 1 }, /1 are up to date/],
    ["Deployment", { ...all, replicas: 3 }, /2 of 2 pods are available/],
    ["Deployment", { ...all, availableReplicas: 0 }, /0 of 2 pods are available/],
    ["StatefulSet", { ...all, observedGeneration: 1 }, /has not seen/],
    ["StatefulSet", { ...all, readyReplicas: 1 }, /1 of 2 pods are ready/],
    [
      "StatefulSet",
      { ...all, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" },
      /pods are ready/,
    ],
    ["PersistentVolumeClaim", { phase: "Pending" }, /it is Pending, not Bound/],
    ["PersistentVolumeClaim", {}, /not seen yet/],
    ["Job", {}, /has not completed/],
    [
      "Job",
      { conditions: [{ type: "Failed", status: "True", message: "too often" }] },
      /it failed: too often/,
    ],
    ["Route", {}, /no router has admitted it/, HOST],
    ["Route", { ingress: [router("True", {}, "former.dev")] }, /no router has admitted it/, HOST],
    [
      "Route",
      { ingress: [router("False", CLAIMED)] },
      /^router default refuses it, HostAlreadyClaimed: route other already exposes packit.dev$/,
      HOST,
    ],
    ["Route", { ingress: [router("True"), router("False")] }, /refuses it, no reason given/, HOST],
    ["Ingress", {}, /no address: no Ingress controller of the default class/],
    ["Ingress", { loadBalancer: { ingress: [] } }, /controller of nginx/, { ingressClassName: "nginx" }],
    ["ImageStream", {}, /^tag a is not imported yet$/, tags({ a: null })],
    ["ImageStream", { tags: [imported("a", 2), imported("b")] }, /^tag b is not/, tags({ a: 2, b: 2 })],
    ["ImageStream", { tags: [imported("a", 2)] }, /^tag a is not imported yet$/, tags({ a: 3 })],
    ["ImageStream", { tags: [imported("a", 2, 2)] }, /^tag a is not imported yet$/, tags({ a: 3 })],
    [
      "ImageStream",
      { tags: [imported("a", undefined, 2), imported("b", 2, 2)] },
      /^the import of tag a fails, Unauthorized: not allowed; the import of tag b fails, Unauthorized/,
      tags({ a: 2, b: null }),
    ],
  ])("of kind %s is not ready with status %o: %s", (kind, status, reason, spec = { replicas: 2 }) => {
    const one = object(kind, status, spec);
    expect(takesTime(one)).toBe(true);
    expect(notReady(one)).toEqual({
      reason: expect.stringMatching(reason),
      isRefused: /fail|refuse/.test(reason.source),
    });
  });
});
