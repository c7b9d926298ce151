import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { API } from "../../components/service/settings.ts";
import { componentsOf } from "../../components/totals.ts";
import { objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { restarts } from "../../diff/restarts.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import type { Changes } from "../support/stacks.ts";
import { TestStack } from "./stack.ts";

/** One change after the other of one stack. */
const STEPS: readonly (readonly [title: string, settings: Changes])[] = [
  ["more pods of the dashboard", { dashboard: { replicas: 2 } }],
  ["a pinned image", { images: { dashboard: `quay.io/packit/dashboard@sha256:${"1".repeat(64)}` } }],
  ["a default toleration", { defaultTolerations: [{ key: "spot", operator: "Exists" }] }],
  ["a text that pods read", { valkey: { maxMemory: "1Gi" } }],
  ["a larger database", { postgres: { resources: { limits: { memory: "1Gi" } } } }],
  ["a part less", { withFlower: false }],
];

describe("what is told of a change is what the API server makes of it", () => {
  const stack = new TestStack("diff");
  let former: Changes = {};

  beforeAll(() => stack.up(), 60_000);
  afterAll(() => stack.down());

  it.each(STEPS)("of %s", async (_, change) => {
    const settings = { ...former, ...change };
    const [were, are] = [await stack.objects(former), await stack.objects(settings)];
    const order = componentsOf(stack.settings(settings)).map(({ component }) => component);
    const told = objectDiffs(were, are, partOf());
    const rolled = restarts(were, are, order).filter(({ kind }) => kind !== "Job");
    const before = await seen(stack);
    await stack.up(settings);
    const after = await seen(stack);
    former = settings;
    expect(told.map(({ what, kind, name }) => `${what} ${kind} ${name}`).toSorted()).toEqual(
      happened(before.objects, after.objects).toSorted(),
    );
    const restarted = [...before.pods].filter(([component, pods]) =>
      isOtherPod(pods, after.pods.get(component)),
    );
    expect(rolled.map(({ name }) => name).toSorted()).toEqual(
      restarted.map(([component]) => component).toSorted(),
    );
    expect(order).toContain(API);
  });
});

/** The objects that were applied, and the pods of each component, as they are. */
async function seen(stack: TestStack) {
  const pods = [...(await stack.list("Pod")).values()].filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  const running = pods.filter(({ metadata }) => metadata.ownerReferences?.[0]?.kind !== "Job");
  const byComponent = Map.groupBy(running, ({ metadata }) => String(metadata.labels.component));
  return {
    objects: new Map(
      (await stack.applied()).map((object) => [`${object.kind} ${object.metadata.name}`, object]),
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
  const changed = [...after].filter(([key, object]) => {
    const former = before.get(key);
    return former !== undefined && declared(former) !== declared(object);
  });
  return [...pairs(added, removed), ...changed.map(([key]) => `changed ${key}`)];
}

/** A Job of another digest takes the place of the former one. */
function pairs(added: readonly string[], removed: readonly string[]): string[] {
  const isJob = (text: string) => text.includes(" Job ");
  const replaced = added.filter(isJob).map((text) => text.replace("added", "replaced"));
  return [...added.filter((text) => !isJob(text)), ...replaced, ...removed.filter((text) => !isJob(text))];
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
