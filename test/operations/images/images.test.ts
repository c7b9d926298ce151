import { describe, expect, it } from "vitest";
import type { Pod } from "../../../cluster/pods.ts";
import { podImages, whyStuck } from "../../../operations/images/pods.ts";
import { imagesTable, importText, problemsOf } from "../../../operations/images/report.ts";
import { chosenImages, stackImages } from "../../../operations/images/stack-images.ts";
import { ageOf, type ImageStatus } from "../../../operations/images/status.ts";
import { objectsOf, settingsOf } from "../../support/stacks.ts";

const NOW = new Date("2026-11-29T12:00:00Z");
const digestOf = (digit: number) => `sha256:${String(digit).repeat(64)}`;
const PRESENT = { digest: digestOf(1), platforms: [digestOf(2), digestOf(3)] };

const imagesOf = async (changes: object = {}) =>
  stackImages(settingsOf("stage", { ...changes }), await objectsOf("stage", { ...changes }));

describe("the images of a stack", () => {
  it("are each run by some pods, and Packit's own are rolled for new ones", async () => {
    const all = await imagesOf();
    for (const { name, containers } of all) expect(containers.length, name).toBeGreaterThan(0);
    const worker = all.find(({ name }) => name === "packit-worker");
    expect(worker?.way).toBe("stream");
    expect(worker?.workloads.map(({ metadata }) => metadata.name)).toEqual([
      "packit-service-beat",
      "packit-worker-long-running",
      "packit-worker-short-running",
    ]);
    const service = all.find(({ name }) => name === "packit-service");
    expect(service?.containers).toContainEqual({ component: "packit-service", name: "migration" });
  });

  it.each([
    ["openshift", undefined, "stream", "stream"],
    ["kubernetes", undefined, "pull", "never"],
    ["openshift", digestOf(1), "never", "stream"],
    ["kubernetes", digestOf(1), "never", "never"],
  ])("of %s, pinned to %s, get in by %s; those of others by %s", async (platform, pin, own, other) => {
    const images = pin && { images: { worker: `quay.io/packit/packit-worker@${pin}` } };
    const all = await imagesOf({ platform, ...images });
    const ways = Object.fromEntries(all.map(({ name, way }) => [name, way]));
    expect([ways["packit-worker"], ways.nginx]).toEqual([own, other]);
    expect(
      chosenImages(all, [])
        .map(({ name }) => name)
        .includes("packit-worker"),
    ).toBe(own !== "never");
    if (own === "never") expect(() => chosenImages(all, ["packit-worker"])).toThrow("is pinned");
  });

  it("are named one by one, those of others too", async () => {
    const all = await imagesOf();
    expect(chosenImages(all, []).every(({ isOwn }) => isOwn)).toBe(true);
    expect(chosenImages(all, ["nginx"]).map(({ name }) => name)).toEqual(["nginx"]);
    expect(() => chosenImages(all, ["ngnix"])).toThrow(
      'There is no image "ngnix" in this stack. Did you mean nginx?',
    );
  });
});

describe("a pod", () => {
  const pod = (more: object, status: object): Pod =>
    ({
      ...{ apiVersion: "v1", kind: "Pod", status },
      metadata: { name: "p", uid: "u", labels: { component: "c" }, ...more },
    }) as Pod;
  const waiting = (reason: string) => [{ name: "a", state: { waiting: { reason } } }];

  it.each([
    [{}, { containerStatuses: waiting("ImagePullBackOff") }, "ImagePullBackOff"],
    [{}, { containerStatuses: waiting("ErrImagePull") }, "ErrImagePull"],
    [
      {},
      { containerStatuses: waiting("PodInitializing"), initContainerStatuses: waiting("ErrImagePull") },
      "ErrImagePull",
    ],
    [{}, { containerStatuses: waiting("ContainerCreating") }, undefined],
    [{}, { containerStatuses: waiting("CrashLoopBackOff") }, undefined],
    [{ deletionTimestamp: "2026-11-29T11:50:00Z" }, {}, "Terminating, 10m over its time"],
    [{ deletionTimestamp: "2026-11-29T11:59:00Z" }, {}, undefined],
    [{ deletionTimestamp: "2026-11-29T12:30:00Z" }, {}, undefined],
    [{}, {}, undefined],
  ])("with %j and %j is stuck: %s", (metadata, status, reason) => {
    expect(whyStuck(pod(metadata, status), NOW)).toBe(reason);
  });

  it.each([
    [`quay.io/packit/packit-worker@${digestOf(1)}`, digestOf(1)],
    [`docker-pullable://quay.io/packit/packit-worker@${digestOf(1)}`, digestOf(1)],
    // A digest alone is that of the image's configuration.
    [digestOf(1), undefined],
    ["", undefined],
  ])("that says it runs %s runs %s", (imageID, digest) => {
    const statuses = [
      { name: "a", imageID, state: { running: { startedAt: "2026-11-29T11:00:00Z" } } },
      { name: "side", imageID },
    ];
    const [found, ...others] = podImages(
      { containers: [{ component: "c", name: "a" }] },
      [
        pod({}, { containerStatuses: statuses }),
        pod({ labels: { component: "d" } }, { containerStatuses: statuses }),
      ],
      NOW,
    );
    expect(others).toEqual([]);
    expect([found?.digest, found?.since]).toEqual([digest, "2026-11-29T11:00:00Z"]);
  });
});

describe("what is told of images", () => {
  const all: ImageStatus[] = [
    {
      name: "packit-worker",
      reference: "quay.io/packit/packit-worker:stg",
      present: PRESENT,
      imported: { digest: digestOf(2), since: "2026-11-22T02:00:00Z" },
      pods: [
        {
          pod: "packit-worker-short-running-0",
          container: "a",
          digest: digestOf(3),
          since: "2026-11-29T11:59:30Z",
        },
        {
          pod: "packit-worker-long-running-0",
          container: "a",
          digest: digestOf(9),
          since: "2026-01-01T00:00:00Z",
        },
        { pod: `packit-service-fedmsg-${"0".repeat(10)}-abcde`, container: "a", stuck: "ImagePullBackOff" },
      ],
    },
    { name: "nginx", reference: "nginx:1", present: { problem: "The registry sleeps." }, pods: [] },
  ];

  it("fits 80 columns, tells what is older by any digest of the tag, and says below what is wrong", () => {
    const lines = imagesTable(all, NOW).split("\n");
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
    const row = (name: string) =>
      lines
        .find((line) => line.includes(name))
        ?.split("│")
        .map((cell) => cell.trim());
    expect(row("packit-worker ")?.slice(2, 5)).toEqual(["111111111111", "", "registry"]);
    expect(row("imported")?.slice(2, 5)).toEqual(["222222222222", "7d 10h ago", "newest"]);
    expect(row("short-running-0")?.slice(2, 5)).toEqual(["333333333333", "30s ago", "newest"]);
    expect(row("long-running-0")?.slice(2, 5)).toEqual(["999999999999", "332d 12h ago", "older"]);
    expect(row("fedmsg")?.slice(2, 5)).toEqual(["?", "", "stuck"]);
    expect(problemsOf(all)).toEqual([
      expect.stringMatching(/^packit-service-fedmsg-.* is stuck: ImagePullBackOff$/),
      "nginx: The registry sleeps.",
    ]);
    expect(lines.slice(-2)).toEqual(problemsOf(all));
  });

  it("knows of nothing that nobody tells", () => {
    expect(ageOf(undefined, PRESENT)).toBe("unknown");
    expect(ageOf(digestOf(1), { problem: "x" })).toBe("unknown");
  });

  it("says of an import what it brought, and where to", () => {
    const outcome = [
      { name: "a", from: digestOf(1), to: digestOf(2), rolled: ["Deployment n/a"] },
      { name: "b", from: digestOf(1), to: digestOf(1), rolled: [] },
    ];
    expect(importText(outcome, { isDry: true })).toBe(
      "a: 111111111111 -> 222222222222\n  Deployment n/a would be rolled\nb: 111111111111, which runs already",
    );
  });
});
