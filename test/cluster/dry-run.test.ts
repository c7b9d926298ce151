import { afterAll, describe, expect, it } from "vitest";
import { appliedObjects, applyStack, removeStack } from "../../cluster/apply.ts";
import { localClient } from "../../local/up.ts";
import { type KubernetesObject, describe as nameOf } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { PATHS } from "./control-plane.ts";
import { smallStack } from "./small-stack.ts";

const client = localClient(PATHS);
const STACK = "dry-run";

/** Each a way in which an object can be wrong, and what the API server says of it. */
const WRONG: readonly [string, (objects: Anything[]) => void, RegExp][] = [
  ["an unknown field", (all) => Object.assign(all[3].spec, { replicsa: 1 }), /StatefulSet \S+: .*replicsa/],
  [
    "a value of another type",
    (all) => Object.assign(all[3].spec, { replicas: "many" }),
    /StatefulSet \S+: .*replicas/,
  ],
  [
    "a name that cannot be",
    (all) => Object.assign(all[2].metadata, { name: "Said_It" }),
    /ConfigMap \S+Said_It: .*RFC 1123/,
  ],
  [
    "a label that cannot be",
    (all) => Object.assign(all[2].metadata.labels, { "a b": "c" }),
    /ConfigMap \S+said: .*name part/,
  ],
  [
    "a required field missing",
    (all) => delete all[3].spec.template.spec.containers[0].name,
    /StatefulSet \S+: .*name/,
  ],
  [
    "a quantity that is none",
    (all) => Object.assign(all[3].spec.volumeClaimTemplates[0].spec.resources.requests, { storage: "lots" }),
    /StatefulSet \S+: .*(quantit|lots)/,
  ],
  [
    "a kind that the server has not",
    (all) => Object.assign(all[2], { apiVersion: "v7", kind: "Router" }),
    /Router \S+: .*no kind Router in v7.*packit:platform/,
  ],
  [
    "data that is no base64",
    (all) => Object.assign(all[1], { data: { other: "!" } }),
    /Secret \S+: .*base64/,
  ],
];

afterAll(() => removeStack(client, STACK));

describe("before anything is changed", () => {
  it("all that the API server refuses is told at once, of a namespace that is not there yet", () =>
    refusesAll("dry-run-new"));

  it("and of one that is there", async () => {
    await applyStack(client, STACK, smallStack(STACK, "dry-run-there"));
    await refusesAll("dry-run-there");
  });

  it.each(WRONG)("%s is found", async (_, spoil, message) => {
    await expect(applyStack(client, STACK, spoilt("dry-run-there", spoil))).rejects.toThrow(message);
  });

  it("a workload whose immutable fields change is tried as a new one: a wrong one does not cost the former", async () => {
    const objects = smallStack(STACK, "dry-run-there", { size: "2Gi" }) as Anything[];
    objects[3].spec.template.spec.containers[0].image = "";
    const before = await applied();
    await expect(applyStack(client, STACK, objects)).rejects.toThrow(/StatefulSet \S+: .*image: Required/);
    expect(await applied()).toEqual(before);
    const { changed } = await applyStack(client, STACK, smallStack(STACK, "dry-run-there", { size: "2Gi" }));
    expect(changed.map(nameOf)).toEqual(["StatefulSet dry-run-there/kept"]);
  });

  it("what others have changed of an object is found, and set right", async () => {
    const objects = smallStack(STACK, "dry-run-there", { size: "2Gi" });
    await client.request(
      "PATCH",
      "/api/v1/namespaces/dry-run-there/configmaps/said",
      { data: { key: "theirs" } },
      "application/merge-patch+json",
    );
    const { changed, unchanged } = await applyStack(client, STACK, objects);
    expect(changed.map(nameOf)).toEqual(["ConfigMap dry-run-there/said"]);
    expect(unchanged).toHaveLength(3);
  });
});

/** Expects each of two wrong objects to be named with its reason, no secret to be shown, and nothing to be done. */
async function refusesAll(space: string): Promise<void> {
  const before = await applied();
  const objects = spoilt(space, (all) => {
    all[3].spec.replicsa = 1;
    Object.assign(all[1], {
      type: "kubernetes.io/tls",
      metadata: { ...all[1].metadata, annotations: { x: 1 } },
    });
    // A value of a label, which is quoted, with a secret in it.
    all[2].metadata = {
      ...all[2].metadata,
      labels: { ...all[2].metadata.labels, x: `${all[1].stringData.key}!` },
    };
  });
  const error = await applyStack(client, STACK, objects).catch((cause) => cause);
  expect(error.name).toBe("EnvironmentError");
  expect(error.message).toMatch(/^The API server refuses 3 objects:\n/);
  for (const name of [`StatefulSet ${space}/kept: `, `Secret ${space}/hidden: `, `ConfigMap ${space}/said: `])
    expect(error.message).toContain(`\n  ${name}`);
  expect(error.message).toContain('"<secret>!"');
  expect(error.message).not.toContain("0123456789abcdef");
  expect(await applied()).toEqual(before);
}

function spoilt(space: string, spoil: (objects: Anything[]) => void): KubernetesObject[] {
  const objects = smallStack(STACK, space) as Anything[];
  spoil(objects);
  return objects;
}

/** What is there of the stack: each object's identity and content, but for its status. */
async function applied() {
  const objects = await appliedObjects(client, STACK);
  const own = objects.map((object) => [
    nameOf(object),
    (object.metadata as Anything).uid,
    object.spec,
    object.data,
  ]);
  return own.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
