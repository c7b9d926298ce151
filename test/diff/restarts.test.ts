import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { restartText } from "../../diff/fates.ts";
import { objectDiffs } from "../../diff/object-diff.ts";
import { partOf } from "../../diff/part-of.ts";
import { restarts } from "../../diff/restarts.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { type Changes, merge } from "../support/stacks.ts";

const TRIGGERS = [
  {
    from: { kind: "ImageStreamTag", name: "app:stg" },
    fieldPath: `spec.template.spec.containers[?(@.name=="a")].image`,
  },
];

const METADATA = {
  name: "app",
  namespace: "one",
  annotations: { "image.openshift.io/triggers": JSON.stringify(TRIGGERS) },
};
const TEMPLATE = {
  metadata: { labels: { component: "app" } },
  spec: {
    containers: [{ name: "a", image: "app:stg", env: [{ name: "A" }, { name: "B" }] }],
    tolerations: [{ key: "a" }, { key: "b" }],
  },
};
const SPEC = { selector: { matchLabels: { component: "app" } }, template: TEMPLATE };
const deployment: KubernetesObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: METADATA,
  spec: { replicas: 2, ...SPEC },
};
const single = changed(deployment, { spec: { replicas: 1, strategy: { type: "Recreate" } } });
const set: KubernetesObject = {
  ...deployment,
  kind: "StatefulSet",
  spec: { replicas: 2, podManagementPolicy: "OrderedReady", ...SPEC },
};
const stream: KubernetesObject = {
  apiVersion: "image.openshift.io/v1",
  kind: "ImageStream",
  metadata: { name: "app", namespace: "one" },
  spec: { tags: [{ name: "stg", from: { kind: "DockerImage", name: "quay.io/one/app:stg" } }] },
};
const otherStream = changed(stream, {
  spec: { tags: [{ name: "stg", from: { kind: "DockerImage", name: "quay.io/other/app:stg" } }] },
});

const UNCOUNTED = changed(deployment, { spec: { replicas: undefined } });
const NONE: Changes = { spec: { replicas: 0 } };
const SELECTOR = { spec: { selector: { matchLabels: { component: "app", part: "app" } } } };
const CONTAINER = { image: "app:stg", env: [{ name: "B" }, { name: "A" }], name: "a" };

/** Objects before and after, and what is told of their pods. */
const CASES: readonly (readonly [
  title: string,
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
  told: readonly string[],
])[] = [
  ["nothing of what stays", [deployment, stream], [stream, deployment], []],
  ["nothing of more or fewer pods", [deployment], [changed(deployment, { spec: { replicas: 3 } })], []],
  [
    "a gap of one that is made anew",
    [deployment],
    [changed(deployment, SELECTOR)],
    ["app: its 2 pods restart, with a moment without any, for spec.selector.matchLabels.part"],
  ],
  [
    "a gap of a set that is made anew",
    [set],
    [changed(set, { spec: { podManagementPolicy: "Parallel" } })],
    ["app: its 2 pods restart, with a moment without any, for spec.podManagementPolicy"],
  ],
  [
    "an image by an ImageStream",
    [deployment, stream],
    [deployment, otherStream],
    ["app: its 2 pods restart, one after another, for image of ImageStream app"],
  ],
  [
    "an image by an ImageStream, with a gap",
    [single, stream],
    [single, otherStream],
    ["app: its pod restarts, with a moment without any, for image of ImageStream app"],
  ],
  [
    "no image of an ImageStream of another namespace, or with another tag",
    [deployment, inNamespace(stream, "two"), tagged(stream, "prod")],
    [deployment, inNamespace(otherStream, "two"), tagged(otherStream, "prod")],
    [],
  ],
  [
    "no image where there is no pod",
    [changed(single, NONE), stream],
    [changed(single, NONE), otherStream],
    [],
  ],
  [
    "another order of variables",
    [deployment],
    [changed(deployment, { spec: { template: { spec: { containers: [CONTAINER] } } } })],
    ["app: its 2 pods restart, one after another, for containers[a].env (order)"],
  ],
  [
    "one pod of one that does not say how many",
    [UNCOUNTED],
    [changed(UNCOUNTED, { spec: { template: { metadata: { labels: { a: "b" } } } } })],
    ["app: its pod restarts, for metadata.labels.a"],
  ],
  ["nothing where that one pod is said", [UNCOUNTED], [changed(UNCOUNTED, { spec: { replicas: 1 } })], []],
  ["the end of one that is removed", [deployment], [], ["app: stops (2 pods)"]],
  ["the end of all its pods", [single], [changed(single, NONE)], ["app: stops (1 pod)"]],
  ["nothing of the end of none", [changed(single, NONE)], [], []],
  ["the begin of one that is added", [], [single], ["app: starts (1 pod)"]],
  ["the begin of its first pods", [changed(deployment, NONE)], [deployment], ["app: starts (2 pods)"]],
  [
    "both where it goes to another namespace",
    [deployment],
    [inNamespace(deployment, "two")],
    ["app: starts in two (2 pods)", "app: stops in one (2 pods)"],
  ],
];

describe("of pods", () => {
  it.each(CASES)("it is told %s", (_, before, after, told) => {
    expect(toldOf(before, after)).toEqual(told);
  });

  it("nothing is told where nothing is told of their objects", () => {
    const items = fc.shuffledSubarray(TEMPLATE.spec.tolerations, { minLength: 2 });
    const template = fc
      .record({ key: fc.constantFrom("a", "b"), items })
      .map(({ key, items: tolerations }) => ({
        spec: { template: { metadata: { annotations: { [key]: "" } }, spec: { tolerations } } },
      }));
    fc.assert(
      fc.property(template, template, (one, other) => {
        const [before, after] = [[changed(deployment, one)], [changed(deployment, other)]];
        expect(toldOf(before, after).length > 0).toBe(objectDiffs(before, after, partOf()).length > 0);
      }),
    );
  });
});

function toldOf(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): string[] {
  const objects = objectDiffs(before, after, partOf());
  return restarts({ before, after, objects }, ["app"]).map(restartText);
}

function changed(object: KubernetesObject, changes: Changes): KubernetesObject {
  return merge(object, changes) as KubernetesObject;
}

function inNamespace(object: KubernetesObject, namespace: string): KubernetesObject {
  return changed(object, { metadata: { namespace } });
}

function tagged(object: KubernetesObject, name: string): KubernetesObject {
  return changed(object, { spec: { tags: [{ name, from: object.spec }] } });
}
