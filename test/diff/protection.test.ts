import { beforeAll, describe, expect, it } from "vitest";
import { besides } from "../../diff/besides.ts";
import { diffHtml } from "../../diff/html/page.ts";
import { objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { summaryLines } from "../../diff/text.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { optionsOf } from "../../render/pulumi-options.ts";
import { GITHUB } from "../support/github-settings.ts";
import { IMAGE_BUILDS } from "../support/image-builds.ts";
import { type Registered, registered } from "../support/registered.ts";
import { bareDiff, maskedWith, stackDiffOf } from "../support/stack-diffs.ts";
import { type Changes, merge } from "../support/stacks.ts";
import { switched } from "../support/switches.ts";

/** All that can have a claim, a namespace or something on GitHub. */
const EVERYTHING = [
  switched("withTokman", "withRedisCommander", "withSecondPostgres", "withCacheRefresh"),
  GITHUB,
].reduce<Changes>((all, one) => merge(all, one) as Changes, {});

describe.each([
  { platform: "managed-platform" },
  IMAGE_BUILDS,
])("what Pulumi is told of objects on the platform $platform", (own) => {
  const changes = { ...EVERYTHING, ...own };
  let declared: Registered[];
  let all: KubernetesObject[];

  beforeAll(async () => {
    declared = await registered(changes);
    const { objects, others } = await maskedWith("stage", changes);
    all = [...objects, ...others];
  });

  /** Names as Pulumi's engine has them where it has no others: of objects, those in Kubernetes. */
  const names = (which: (one: Registered) => boolean) =>
    declared
      .filter((one) => which(one) && !one.type.startsWith("random:"))
      .map(
        ({ type, name, objectName = name }) =>
          `${type.split(":").at(-1)?.replace("Patch", "")} ${objectName}`,
      )
      .toSorted();
  const told = (which: (one: ReturnType<typeof objectDiffs>[number]) => boolean) =>
    objectDiffs(all, [], partOf())
      .filter(which)
      .map(({ kind, name }) => `${kind} ${name}`)
      .toSorted();

  it("is what it refuses to lose: whatever the program protects, and nothing else", () => {
    const isProtected = names(({ protect }) => protect);
    expect(told(({ refused }) => refused !== undefined)).toEqual(isProtected);
    const others = told(({ kind, refused }) => /Claim|Namespace/.test(kind) && refused === undefined);
    expect(others).toContain("PersistentVolumeClaim access-tokens-pvc");
    if (own === IMAGE_BUILDS) expect(others).toContain("Namespace packit--stg-builds");
  });

  it("is what it leaves where it is", () => {
    expect(told(({ stays }) => stays === true)).toEqual(
      names(({ isRetained, protect }) => isRetained && !protect),
    );
  });
});

const SMALLER = { postgres: { storage: "1Gi" } };

describe("what is removed", () => {
  it.each([
    [
      "refused where it was protected, be its stack disposable now",
      {},
      { disposable: true },
      ["postgres-15"],
    ],
    ["not refused where only a run to come would protect it", { disposable: true }, {}, []],
  ])("is %s", async (_, before, after, names) => {
    const { objects } = await stackDiffOf("stage", before, { ...after, postgres: { version: 16 } });
    expect(objects.filter(({ refused }) => refused !== undefined).map(({ name }) => name)).toEqual(names);
  });
});

describe("another cluster", () => {
  it.each([
    ["refused while something in it is protected", {}, {}, true],
    ["not refused where protection ends with it", {}, { disposable: true }, false],
  ])("is %s", async (_, before, after, isRefused) => {
    const { objects } = await stackDiffOf("stage", before, { ...after, kubeContext: "other" });
    const [refused] = objects.flatMap((one) => (one.kind === "Provider" ? [one.refused] : []));
    expect(refused?.includes("PersistentVolumeClaim packit--stg/postgres-15") ?? false).toBe(isRefused);
  });
});

/** Caches outlive their stack, and so what is to be made anew in their place. */
const KEPT = /^Pulumi leaves it where it is/;

describe("an object that the program has under another name or parent", () => {
  const claim = (pulumi: object) => ({
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "data" } },
    ...{ spec: { storageClassName: "x" }, pulumi },
  });
  const [was, is] = ["a:B$c:D::data", "a:B$c:D::volume"];
  it.each([
    ["removed with the former one", { urn: was }, { urn: is }, undefined],
    ["refused where it was protected", { urn: was, protect: true }, { urn: is }, "it holds data"],
    ["not refused where it is to be protected", { urn: was }, { urn: is, protect: true }, undefined],
  ])("is %s", (_, before, after, refused) => {
    const [found, ...others] = objectDiffs([claim(before)], [claim(after)], partOf());
    expect([found?.what, found?.because, found?.refused, others]).toEqual([
      "replaced",
      ["its name in the program"],
      refused,
      [],
    ]);
    expect(besides(found ? [found] : [])[0]).toContain(
      "removed with the former one: PersistentVolumeClaim data",
    );
  });

  it("is the same for all that a base tells that has no such names, and a Job by another digest is none", () => {
    expect(objectDiffs([claim({})], [claim({ urn: is })], partOf())).toEqual([]);
    const job = (digest: string) => ({
      ...{ apiVersion: "batch/v1", kind: "Job", metadata: { name: `migration-${digest}` } },
      pulumi: { urn: `c:Job::migration-${digest}` },
    });
    const [found] = objectDiffs([job("0a0a0a0a")], [job("1b1b1b1b")], partOf());
    expect(found?.because).toEqual(["metadata.name"]);
  });

  it("is known by the types of all that it is in", async () => {
    const { objects } = await maskedWith("stage", {});
    const urns = objects.map((object) => optionsOf(object).urn ?? "");
    expect(new Set(urns).size).toBe(objects.length);
    for (const urn of urns) expect(urn).toMatch(/^(packit:[\w:]+\$)+kubernetes:[\w./:]+::[\w.-]+$/);
  });
});

describe("a volume of another class", () => {
  it("is made anew, which is refused where it is protected", async () => {
    const { objects } = await stackDiffOf("stage", {}, { storageClass: "gp3" });
    const claims = objects.filter(({ kind }) => kind === "PersistentVolumeClaim");
    expect(claims.map(({ what, because }) => [what, because])).toEqual(
      claims.map(() => ["replaced", ["spec.storageClassName"]]),
    );
    expect(claims.map(({ name, refused }) => [name, refused])).toEqual([
      ["packit-worker-repository-cache-packit-worker-long-running-0", expect.stringMatching(KEPT)],
      ["postgres-15", "it holds data"],
      ["valkey-pvc", "it holds data"],
      ["sandcastle-repository-cache-packit-worker-long-running-0", expect.stringMatching(KEPT)],
    ]);
  });

  it.each([
    ["ends", {}, { disposable: true }],
    ["begins", { disposable: true }, {}],
  ])("is not refused in the run in which protection %s", async (_, before, after) => {
    const { objects } = await stackDiffOf("stage", before, { ...after, storageClass: "gp3" });
    const refused = objects.filter((one) => one.refused !== undefined && !KEPT.test(one.refused));
    expect(refused).toEqual([]);
  });

  it("and a smaller one is refused by the API server, be its stack disposable or not", async () => {
    const { objects } = await stackDiffOf("stage", { disposable: true }, { disposable: true, ...SMALLER });
    const told = objects.filter(({ kind }) => kind === "PersistentVolumeClaim");
    expect(told.map(({ what, name, refused }) => [what, name, refused])).toEqual([
      ["changed", "postgres-15", "no volume can be made smaller"],
    ]);
    // Each form says the same of it, and nothing of the volume being made anew.
    const diff = bareDiff("stage", "changed", { objects });
    const words = "PersistentVolumeClaim packit--stg/postgres-15, as no volume can be made smaller.";
    expect(summaryLines(diff)).toContain(`Refused: ${words}`);
    expect(diffHtml([diff])).toContain(`>${words}</a></li>`);
  });
});
