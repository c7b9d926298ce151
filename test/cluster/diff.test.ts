import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API } from "../../components/service/settings.ts";
import { componentsOf } from "../../components/totals.ts";
import { nameOf, objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { restarts } from "../../diff/restarts.ts";
import { describe as describeObject, type KubernetesObject } from "../../render/kubernetes-object.ts";
import { maskedOf } from "../../render/masked.ts";
import type { Anything } from "../support/anything.ts";
import { type Changes, merge } from "../support/stacks.ts";
import { TestStack } from "./stack.ts";

/** One change after the other of one stack. */
const STEPS: readonly (readonly [title: string, settings: Changes])[] = [
  ["more pods of the dashboard", { dashboard: { replicas: 2 } }],
  ["a pinned image", { images: { dashboard: `quay.io/packit/dashboard@sha256:${"1".repeat(64)}` } }],
  ["a default toleration", { defaultTolerations: [{ key: "spot", operator: "Exists" }] }],
  ["a text that pods read", { valkey: { maxMemory: "1Gi" } }],
  ["a key of packit-service.yaml", { packitConfig: { rate_limit_threshold: 7 } }],
  ["a larger database", { postgres: { resources: { limits: { memory: "1Gi" } } } }],
  ["larger volumes of a StatefulSet", { repositoryCache: { size: "7Gi" } }],
  ["a secret that is generated, and no longer given", { secrets: { flowerPassword: undefined } }],
  ["a generated secret made anew", { generations: { flowerPassword: 2 } }],
  [
    "a secret that is given anew",
    { secrets: { fedoraMessagingQueue: "00000000-0000-4000-8000-000000000000" } },
  ],
  ["a part less", { withFlower: false }],
  ["another version of PostgreSQL", { postgres: { version: 16 } }],
  ["another namespace", { namespace: "packit--diff-moved" }],
];

describe("what is told of a change is what the API server makes of it", () => {
  const stack = new TestStack("diff");
  let former: Changes = {};
  let before: Awaited<ReturnType<typeof seen>>;
  let were: Awaited<ReturnType<typeof masked>>;

  beforeAll(async () => {
    await stack.up();
    before = await seen(stack);
    were = await masked(stack, former);
  }, 60_000);
  afterAll(() => stack.down());

  it.each(STEPS)("of %s", async (_, change) => {
    const settings = merge(former, change) as Changes;
    const are = await masked(stack, settings);
    const order = componentsOf(are.settings).map(({ component }) => component);
    const told = objectDiffs(were.objects, are.objects, partOf(are.settings));
    const sides = { before: were.objects, after: are.objects, objects: told };
    const rolled = restarts(sides, order).filter(({ what }) => what === "restarts");
    await stack.up(settings);
    const after = await seen(stack);
    const { objects, pods: running } = before;
    // The next step begins with what this one ends with.
    [former, before, were] = [settings, after, are];
    expect(told.map((one) => `${one.what} ${withoutDigest(nameOf(one))}`).toSorted()).toEqual(
      happened(objects, after.objects).toSorted(),
    );
    const restarted = [...running].filter(([component, pods]) => isOtherPod(pods, after.pods.get(component)));
    expect(rolled.map(({ name }) => name).toSorted()).toEqual(
      restarted.map(([component]) => component).toSorted(),
    );
    expect(order).toContain(API);
    for (const { because } of rolled) expect(because).not.toEqual([]);
  });
});

/** The stack as its file shows it: encrypted values in place of secrets. */
function masked(stack: TestStack, changes: Changes) {
  const config = stack.config(changes);
  return maskedOf({ ...config, values: { ...config.values, secrets: encrypted(config.values.secrets) } });
}

function encrypted(value: unknown): unknown {
  if (typeof value === "string") return { secure: `v1:${createHash("sha256").update(value).digest("hex")}` };
  const entries = Object.entries(value as object).filter(([, one]) => one !== undefined);
  return Object.fromEntries(entries.map(([key, one]) => [key, encrypted(one)]));
}

/** The objects that were applied, and the pods of each component, as they are. */
async function seen(stack: TestStack) {
  const pods = [...(await stack.list("Pod")).values()].filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  const running = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind !== "Job");
  const byComponent = Map.groupBy(running, ({ metadata }) => String(metadata.labels.component));
  return {
    objects: new Map(
      (await stack.applied()).map((object) => [withoutDigest(describeObject(object)), object]),
    ),
    pods: new Map(
      [...byComponent].map(([name, all]) => [name, new Set(all.map(({ metadata }) => metadata.uid))]),
    ),
  };
}

type Seen = ReadonlyMap<string, KubernetesObject>;

function happened(before: Seen, after: Seen): string[] {
  const added = [...after.keys()].filter((key) => !before.has(key)).map((key) => `added ${key}`);
  const removed = [...before.keys()].filter((key) => !after.has(key)).map((key) => `removed ${key}`);
  const changed = [...after].flatMap(([key, object]) => {
    const former = before.get(key);
    if (former === undefined || declared(former) === declared(object)) return [];
    // A Job of another digest takes the place of the former one.
    return [`${former.metadata.name === object.metadata.name ? "changed" : "replaced"} ${key}`];
  });
  return [...added, ...removed, ...changed];
}

/** An object's name without the digest at the end of a Job's, which depends on secrets too. */
function withoutDigest(name: string): string {
  return name.replace(/^(Job .*)-[0-9a-f]{8}$/, "$1");
}

/** An object without what the server and controllers write into it. */
function declared(object: Anything): string {
  const { status: _, metadata, ...rest } = object;
  const { name, labels, annotations = {} } = metadata;
  const { "deployment.kubernetes.io/revision": revision, ...own } = annotations;
  return JSON.stringify({ ...rest, name, labels, own });
}

/** Whether none of a component's pods is there any longer. */
function isOtherPod(before: ReadonlySet<string>, after: ReadonlySet<string> = new Set()): boolean {
  return after.size > 0 && [...before].every((uid) => !after.has(uid));
}
