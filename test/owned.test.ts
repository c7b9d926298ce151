import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { fieldManager, refusal, STATE_ANNOTATION } from "../cluster/pulumi-ownership.ts";
import { owned } from "../owned.ts";
import { STACK_LABEL } from "../platform/destination.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import type { Anything } from "./support/anything.ts";
import { type Registered, registered } from "./support/registered.ts";

const MANAGER = fieldManager("stage");

describe("an object that is in the cluster before it is made", () => {
  const text = fc.constantFrom("stage", "prod", "stage-2", "s1", "s2");
  const live = fc.record({
    owner: fc.option(text, { nil: undefined }),
    state: fc.option(text, { nil: undefined }),
    managers: fc.uniqueArray(fc.constantFrom(MANAGER, fieldManager("prod"), "kubectl", "OpenAPI-Generator")),
  });

  it("is met again if it is of no other stack, was made by Pulumi for this one, and from no other state; else refused", () => {
    fc.assert(
      fc.property(live, fc.option(text, { nil: undefined }), (one, state) => {
        const isKept = state === undefined && one.owner === "stage";
        const isOwn = (one.owner ?? "stage") === "stage" && one.managers.includes(MANAGER);
        const isOtherState = one.state !== undefined && one.state !== state;
        const refused = refusal(object(one), { stack: "stage", state, isPatch: false });
        expect(refused === undefined).toBe(isKept || (isOwn && !isOtherState));
        if (refused)
          expect(refused.message).toContain("ConfigMap somewhere/something is in the cluster already");
      }),
    );
  });

  it("is refused by a state whose own mark a preview does not know yet, if it carries one", () => {
    const own = object({ owner: "stage", state: "s1", managers: [MANAGER] });
    expect(refusal(own, { stack: "stage", state: { unknown: true }, isPatch: false })?.message).toMatch(
      /another state of stack stage .*pulumi whoami/,
    );
  });

  it("may be anybody's where only some of its fields are declared, but for another stack's", () => {
    fc.assert(
      fc.property(live, (one) => {
        const refused = refusal(object(one), { stack: "stage", isPatch: true });
        expect(refused === undefined).toBe(one.owner === undefined || one.owner === "stage");
      }),
    );
  });
});

describe("what Pulumi's engine is told of resources", () => {
  let resources: Registered[];
  beforeAll(async () => {
    resources = await registered({}, owned);
  });
  const objects = () => resources.filter(({ type }) => type.startsWith("kubernetes:"));

  it("lets every object be looked up before it is made, under one name of its fields' owner", () => {
    expect(objects().length).toBeGreaterThan(80);
    for (const { name, object, beforeCreate } of objects()) {
      expect(beforeCreate[0], name).toBe("refuse-foreign");
      expect(object.metadata.annotations["pulumi.com/patchFieldManager"], name).toBe(MANAGER);
    }
  });

  it("marks every object with its state, but for what is kept when the state goes", () => {
    const unmarked = objects().filter(({ object }) => !(STATE_ANNOTATION in object.metadata.annotations));
    for (const { name, type, isRetained } of unmarked)
      expect(isRetained || type.endsWith("Patch"), name).toBe(true);
    expect(unmarked.map(({ name }) => name).sort()).toEqual([
      "packit-database-15-data",
      "packit-namespace-namespace",
      "packit-packit-worker-long-running-cache-packit-worker-long-running-0",
      "packit-sandbox-cache-packit-worker-long-running-0",
      "packit-sandbox-namespace",
      "packit-valkey-data",
    ]);
  });

  it("leaves the images that OpenShift moves to others, and gives them away before it applies a workload", () => {
    const pods = objects().filter(({ type }) => /:(Deployment|StatefulSet|Job|CronJob)$/.test(type));
    const lacking = pods.filter(({ object }) =>
      containersOf(object).some(({ image }) => image === undefined),
    );
    expect(lacking.map(({ name }) => name).sort()).toEqual([
      "packit-beat-deployment",
      "packit-database-15-deployment",
      "packit-fedmsg-deployment",
      "packit-packit-worker-long-running-stateful-set",
      "packit-packit-worker-short-running-stateful-set",
      "packit-service-deployment",
      "packit-tools-dashboard-deployment",
      "packit-tools-flower-deployment",
      "packit-tools-nginx-deployment",
      "packit-tools-pushgateway-deployment",
      "packit-valkey-deployment",
    ]);
    for (const { name, object, beforeCreate, beforeUpdate } of pods) {
      const isGiven = containersOf(object).every(({ image }) => image !== undefined);
      expect(beforeCreate.slice(1), name).toEqual(isGiven ? [] : ["hand-over-images"]);
      expect(beforeUpdate, name).toEqual(isGiven ? [] : ["hand-over-images"]);
    }
  });

  it("declares images that are pinned", async () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const pinned = await registered({ images: { worker: `quay.io/packit/packit-worker@${digest}` } }, owned);
    const worker = pinned.find(({ name }) => name === "packit-beat-deployment");
    expect(containersOf(worker?.object)[0].image).toContain(digest);
    expect(worker?.beforeUpdate).toEqual([]);
    expect(worker?.object.metadata.annotations["pulumi.com/patchForce"]).toBe("true");
  });

  it("keeps what a component says of a resource besides", async () => {
    const plain = await registered({});
    const told = ({ name, protect, isRetained, timeoutSeconds, parent }: Registered) =>
      JSON.stringify({ name, protect, isRetained, timeoutSeconds, parent });
    expect(objects().map(told).sort()).toEqual(
      plain
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(told)
        .sort(),
    );
  });
});

describe("the provider", () => {
  let resources: Registered[];
  beforeAll(async () => {
    resources = await registered({});
  });
  afterEach(() => vi.unstubAllEnvs());

  it("is the only one, and records nothing of the person who runs it", async () => {
    const providers = (all: readonly Registered[]) =>
      all.filter(({ type }) => type.startsWith("pulumi:providers:"));
    const before = providers(resources);
    for (const name of PERSONAL) vi.stubEnv(name, name === "KUBECONFIG" ? "/home/me/kubeconfig" : "true");
    expect(providers(await registered({}))).toEqual(before);
    expect(before.map(({ name }) => name)).toEqual(["cluster"]);
    expect(before[0]?.object).toMatchObject({ kubeconfig: "", upsertExistingObjects: "true" });
  });

  it("works in the context that the stack names, whichever that is, and takes another one for another cluster", async () => {
    for (const kubeContext of ["packit-stage", "somebody-elses"]) {
      const [provider] = (await registered({ kubeContext })).filter(({ name }) => name === "cluster");
      expect(provider?.object).toMatchObject({ context: kubeContext, clusterIdentifier: kubeContext });
    }
  });

  it.each([
    ["applies on the server, which alone can tell whose a field is", "enableServerSideApply", "true"],
    ["changes a ConfigMap in its place, so that pods find it by its name", "enableConfigMapMutable", "true"],
    ["changes a Secret in its place, so that pods find it by its name", "enableSecretMutable", "true"],
    ["meets again what a killed run has made", "upsertExistingObjects", "true"],
    ["stops where somebody else owns a field", "enablePatchForce", "false"],
    ["forgets nothing because its cluster does not answer", "deleteUnreachable", "false"],
    ["calls nothing done because its cluster does not answer", "skipUpdateUnreachable", "false"],
    ["tells of fields that the cluster will refuse one day", "suppressDeprecationWarnings", "false"],
  ])("%s", (_, argument, value) => {
    const [provider] = resources.filter(({ name }) => name === "cluster");
    expect(provider?.object[argument]).toBe(value);
  });

  it("is that of every object: none is left to a provider of the engine's own making", () => {
    const objects = resources.filter(({ type }) => type.startsWith("kubernetes:"));
    for (const { name, provider } of objects) expect(provider, name).toBe("cluster");
  });

  /** What the provider's SDK takes from the environment where the program says nothing. */
  const PERSONAL = [
    "KUBECONFIG",
    "PULUMI_K8S_DELETE_UNREACHABLE",
    "PULUMI_K8S_ENABLE_CONFIGMAP_MUTABLE",
    "PULUMI_K8S_ENABLE_PATCH_FORCE",
    "PULUMI_K8S_ENABLE_SECRET_MUTABLE",
    "PULUMI_K8S_ENABLE_SERVER_SIDE_APPLY",
    "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE",
    "PULUMI_K8S_SUPPRESS_DEPRECATION_WARNINGS",
    "PULUMI_K8S_SUPPRESS_HELM_HOOK_WARNINGS",
    "PULUMI_K8S_UPSERT_EXISTING_OBJECTS",
  ];
});

function containersOf({ spec }: Anything): Anything[] {
  const pod = (spec.jobTemplate ?? { spec }).spec.template.spec;
  return [...pod.containers, ...(pod.initContainers ?? [])];
}

interface Live {
  readonly owner?: string | undefined;
  readonly state?: string | undefined;
  readonly managers: readonly string[];
}

function object({ owner, state, managers }: Live): KubernetesObject {
  const metadata = {
    name: "something",
    namespace: "somewhere",
    labels: owner === undefined ? {} : { [STACK_LABEL]: owner },
    annotations: state === undefined ? {} : { [STATE_ANNOTATION]: state },
    managedFields: managers.map((manager) => ({ manager })),
  };
  return { apiVersion: "v1", kind: "ConfigMap", metadata };
}
