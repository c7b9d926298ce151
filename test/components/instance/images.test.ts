import { describe, expect, it } from "vitest";
import { OWN_IMAGES } from "../../../components/own-images.ts";
import type { Anything } from "../../support/anything.ts";
import { allTemplates, find, objectsOf, templates } from "../../support/stacks.ts";

const digest = (repository: string, digit = "0") => `quay.io/packit/${repository}@sha256:${digit.repeat(64)}`;
const OWN = ["packit-dashboard", "packit-service", "packit-service-fedmsg", "packit-worker"];
const FOREIGN = ["flower", "nginx", "postgres-15", "pushgateway", "valkey"];
const PINNED = {
  imagePolicy: "pinned",
  images: Object.fromEntries(
    Object.entries(OWN_IMAGES).map(([name, repository]) => [name, digest(repository)]),
  ),
};

describe("images that are followed", () => {
  it("are Packit's own, imported whenever they change; others are imported once", async () => {
    expect(await policies({})).toEqual({
      ...Object.fromEntries(OWN.map((name) => [name, { scheduled: true }])),
      ...Object.fromEntries(FOREIGN.map((name) => [name, undefined])),
    });
  });
});

describe("a workload whose images OpenShift puts in", () => {
  it("names a stream of its own namespace, which the cluster lets it do", async () => {
    const streams = (await objectsOf("stage")).filter(({ kind }) => kind === "ImageStream") as Anything[];
    for (const { metadata, spec } of streams) expect(spec.lookupPolicy.local, metadata.name).toBe(true);
    expect(streams.length).toBeGreaterThan(8);
  });

  it("lets Pulumi take the field back for a change, as the provider cannot leave it alone", async () => {
    const { metadata } = find(await objectsOf("stage"), "Deployment", "packit-service");
    expect(metadata.annotations).toMatchObject({ "pulumi.com/patchForce": "true" });
  });
});

describe("images on a schedule", () => {
  it("are imported by a job at its time, and never by themselves", async () => {
    const changes = { imagePolicy: "schedule", imageImport: { schedule: "0 * * * *" } };
    expect(new Set(Object.values(await policies(changes)))).toEqual(new Set([undefined]));
    const { spec } = find(await objectsOf("stage", changes), "CronJob", "image-import");
    expect([spec.schedule, spec.timeZone, spec.suspend]).toEqual(["0 * * * *", "Etc/UTC", false]);
    const { command } = spec.jobTemplate.spec.template.spec.containers[0];
    expect(command.slice(4).sort()).toEqual(OWN.map((name) => `${name}:stg`).sort());
  });

  it("may only be imported by that job's account", async () => {
    const objects = await objectsOf("stage", { imagePolicy: "schedule" });
    expect(find(objects, "Role", "image-import").rules.map(({ resources }: Anything) => resources)).toEqual([
      ["imagestreams"],
      ["imagestreamimports"],
      ["deployments"],
    ]);
    expect(find(objects, "RoleBinding", "image-import").subjects).toEqual([
      { kind: "ServiceAccount", name: "image-import", namespace: "packit--stg" },
    ]);
  });
});

describe("images that are pinned", () => {
  it("run by their digest, with no ImageStream and nothing that would put another one in", async () => {
    const objects = await objectsOf("stage", PINNED);
    expect(Object.keys(await policies(PINNED))).toEqual(FOREIGN);
    for (const name of [
      "packit-service",
      "packit-service-beat",
      "packit-service-fedmsg",
      "packit-dashboard",
    ]) {
      const { metadata, spec } = find(objects, "Deployment", name);
      expect(Object.keys(metadata.annotations), name).toEqual(["pulumi.com/patchForce"]);
      expect(spec.template.spec.containers[0].image, name).toMatch(/@sha256:0{64}$/);
      expect(spec.template.spec, name).not.toHaveProperty("initContainers");
    }
    const { metadata, spec } = find(objects, "StatefulSet", "packit-worker-long-running");
    // It may have been OpenShift's before, and is taken back.
    expect(Object.keys(metadata.annotations)).toEqual(["pulumi.com/patchForce"]);
    expect(spec.template.spec.containers[0].image).toBe(digest("packit-worker"));
  });

  it("go back to a former digest by its setting, StatefulSets included, and roll nothing else", async () => {
    const image = (all: Map<string, Anything>, name: string) => all.get(name).spec.containers[0].image;
    const before = templates(await objectsOf("stage", PINNED));
    const worker = digest("packit-worker", "1");
    const after = templates(await objectsOf("stage", { ...PINNED, images: { ...PINNED.images, worker } }));
    const changed = [...after.keys()].filter((name) => image(before, name) !== image(after, name));
    expect(changed.sort()).toEqual([
      "packit-service-beat",
      "packit-worker-long-running",
      "packit-worker-short-running",
    ]);
  });
});

describe("one image with a digest", () => {
  it("is out of the hands of whatever policy the others have", async () => {
    const objects = await objectsOf("stage", { images: { worker: digest("packit-worker") } });
    expect(() => find(objects, "ImageStream", "packit-worker")).toThrow();
    const { metadata } = find(objects, "StatefulSet", "packit-worker-long-running");
    // It may have been OpenShift's before, and is taken back.
    expect(Object.keys(metadata.annotations)).toEqual(["pulumi.com/patchForce"]);
  });
});

describe("images on plain Kubernetes", () => {
  it("are pulled from where they are: a tag of Packit's own anew for each pod", async () => {
    const objects = await objectsOf("stage", { platform: "kubernetes" });
    expect(objects.filter(({ apiVersion }) => apiVersion.includes("openshift"))).toEqual([]);
    for (const [name, { spec }] of allTemplates(objects)) {
      for (const { image, imagePullPolicy } of spec.containers) {
        expect(image, name).toMatch(/^[a-z]+[.][a-z.]+\/.+:.+$/);
        const isOwn = /quay.io\/packit\/(packit-|dashboard)/.test(image);
        expect(imagePullPolicy, name).toBe(isOwn ? "Always" : "IfNotPresent");
      }
    }
  });
});

/** The import policy of every ImageStream. */
async function policies(changes: object): Promise<Record<string, unknown>> {
  const objects = await objectsOf("stage", changes as Record<string, unknown>);
  const streams = objects.filter(({ kind }) => kind === "ImageStream") as Anything[];
  return Object.fromEntries(streams.map(({ metadata, spec }) => [metadata.name, spec.tags[0].importPolicy]));
}
