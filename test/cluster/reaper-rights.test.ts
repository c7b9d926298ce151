import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { refusal } from "../../cluster/pulumi-ownership.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, identitySecrets, seedOf } from "../../operations/test-instances/context.ts";
import { destroy, removeAll } from "../../operations/test-instances/destroy.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { managementObjects, setUp } from "../../operations/test-instances/management.ts";
import { namespaceObject, prepare, refuseForeign } from "../../operations/test-instances/namespaces.ts";
import { reap } from "../../operations/test-instances/reap.ts";
import { loadPool } from "../../settings/pool.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import type { Anything } from "../support/anything.ts";
import { project } from "../support/cli.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { reapersClient } from "./reapers-client.ts";

const IMAGE = `quay.io/packit/deployment-reaper:${"a".repeat(40)}@sha256:${"b".repeat(64)}`;

const client = new ApiClient({ kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT });
const pool = poolNamed("rights-pool");
const other = poolNamed("rights-other");
const spaces = namespacesOf("righted");

beforeAll(async () => {
  for (const one of [pool, other]) {
    await setUp(client, one);
    await seedOf(client, one);
  }
  await inPool(pool, "righted");
});
afterAll(async () => {
  await destroy(context(pool), "righted");
  for (const object of [pool, other].flatMap(managementObjects).toReversed()) await client.delete(object);
});

const DELETE = { verb: "delete", resource: "namespaces" };

describe("the reaper's account", () => {
  it.each(spaces)("may delete %s of an instance, and what keeps it", async (namespace) => {
    for (const resource of ["persistentvolumeclaims", "deployments.apps", "statefulsets.apps"])
      for (const verb of ["list", "delete"]) expect(await may({ verb, resource, namespace })).toBe(true);
    expect(await may({ ...DELETE, namespace, name: namespace })).toBe(true);
    expect(await may({ verb: "get", resource: "secrets", namespace })).toBe(false);
    expect(await may({ ...DELETE, namespace, name: namespace }, other)).toBe(false);
  });

  it.each([
    "kube-system",
    "default",
    "packit--stg",
    pool.namespace,
    other.namespace,
  ])("may delete nothing but leases in %s", async (namespace) => {
    const kinds = ["persistentvolumeclaims", "deployments.apps", "statefulsets.apps", "pods", "secrets"];
    const asked = kinds.map((resource) => ({ verb: "delete", resource, namespace }));
    const all = [...asked, { ...DELETE, namespace, name: namespace }];
    expect(await Promise.all(all.map((one) => may(one)))).toEqual(all.map(() => false));
    const leases = { verb: "delete", resource: "leases.coordination.k8s.io", namespace };
    expect(await may(leases)).toBe(namespace === pool.namespace);
  });

  it.each(["get", "list", "watch"])("may not %s the seed or an identity", async (verb) => {
    for (const name of ["seed", "identity-one"])
      expect(await may({ verb, resource: "secrets", namespace: pool.namespace, name })).toBe(false);
  });
});

describe("a namespace that was made before the reaper's rights in it", () => {
  it("is named, with what removes it, and keeps the reaper from nothing else", async () => {
    const [bare] = namespacesOf("bare");
    const labels = { "packit.dev/stack": "test-bare", "packit.dev/pool": pool.namespace };
    const namespace = { ...namespaceObject(bare), metadata: { name: bare, labels } };
    await client.create(namespace);
    await inPool(pool, "whole");
    const own = { ...context(pool), client: await reapersClient(client, pool) };
    const reaped = await reap(own, { isDry: false, silenceSeconds: 0 });
    const problems = new Map(reaped.map(({ name, problem }) => [name, problem]));
    expect(problems.get("whole")).toBeUndefined();
    expect(problems.get("bare")).toContain("With your own rights: ./ops test-instance destroy bare");
    expect(await destroy(context(pool), "bare")).toBe(true);
    expect(await destroy(context(pool), "whole")).toBe(false);
    await inPool(pool, "righted");
  });
});

describe("what the reaper runs", () => {
  it("is one image of one commit, with the pool as it is, and fetches nothing", () => {
    const objects = managementObjects(pool) as Anything[];
    const { spec } = objects.find(({ kind }) => kind === "CronJob")?.spec.jobTemplate.spec.template ?? {};
    expect(spec.containers.map(({ image, command }: Anything) => [image, command])).toEqual([
      [IMAGE, ["./ops", "test-instance", "reap", "--in-cluster"]],
    ]);
    const file = objects.find(({ kind }) => kind === "ConfigMap")?.data["Pulumi.yaml"];
    expect(loadPool(project({ "Pulumi.yaml": file }))).toEqual(pool);
  });

  it.each([
    "ubi9/nodejs-22:latest",
    `quay.io/a/b@sha256:${"b".repeat(64)}`,
    `quay.io/a/b:${"a".repeat(40)}`,
  ])("cannot be %s", (image) => {
    expect(() => poolOf({ reaper: { image } })).toThrow("reaper.image");
  });

  it("is nothing where no image is named, and what ran before is taken away", async () => {
    const { reaper, ...rest } = pool;
    const { image: _, ...none } = reaper;
    await setUp(client, { ...rest, reaper: none });
    const metadata = { name: "packit-test-reaper", namespace: pool.namespace };
    expect(await client.read({ apiVersion: "batch/v1", kind: "CronJob", metadata })).toBeUndefined();
  });
});

describe("two pools in one cluster", () => {
  it("leave each other's instances alone", async () => {
    await inPool(other, "others");
    expect(await reap(context(pool), { isDry: true, silenceSeconds: 0 })).toEqual([
      { name: "righted", why: "no lease speaks of it" },
    ]);
    expect(await removeAll(context(pool), "others")).toBe(false);
    expect(await removeAll(context(other), "others")).toBe(true);
  });

  it("never take their own namespace for an instance's, whatever its name and labels", async () => {
    const own = poolNamed(namespacesOf("own")[0]);
    const labels = { "packit.dev/stack": "test-own", "packit.dev/pool": own.namespace };
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: own.namespace, labels } };
    await client.create(namespace);
    expect(await reap(context(own), { isDry: true, silenceSeconds: 0 })).toEqual([]);
    expect(await removeAll(context(own), "own")).toBe(false);
    await client.delete(namespace);
  });
});

describe("a namespace of an instance", () => {
  it.each(spaces)("%s has a quota of what it was admitted with", async (namespace) => {
    const metadata = { name: "admitted", namespace };
    const quota = await client.read({ apiVersion: "v1", kind: "ResourceQuota", metadata });
    const hard = {
      "requests.cpu": "300m",
      "requests.memory": "3Gi",
      "requests.storage": "4Gi",
      "limits.cpu": "2",
      "limits.memory": "5Gi",
    };
    expect(quota?.spec).toEqual({ hard });
  });

  it("is there before Pulumi's engine, which goes on with it", async () => {
    const engine = { ...context(pool).engine, name: "pulumi" } as const;
    const [own] = namespacesOf("engined");
    const signal = new AbortController().signal;
    await prepare({ ...context(pool), engine }, "engined", [{ name: own, amounts: AMOUNTS }], signal);
    const live = (await client.read(namespaceObject(own))) ?? namespaceObject(own);
    expect(refusal(live, { stack: "test-engined", state: "a", isPatch: false })).toBeUndefined();
    expect(await removeAll(context(pool), "engined")).toBe(true);
  });

  it("is not gone on with while it is another pool's", async () => {
    await expect(inPool(other, "righted")).rejects.toThrow(/is no test instance's of this pool/);
  });
});

describe("a Secret", () => {
  const base64 = (bytes: number) => Buffer.alloc(bytes, "x").toString("base64");

  it.each<[string, object]>([
    ["no data", {}],
    ["another key", { data: { sead: base64(32) } }],
    ["an empty key", { data: { seed: "" } }],
    ["a short key", { data: { seed: base64(31) } }],
  ])("seed with %s is refused", async (_, content) => {
    const own = await namespaceWith("seed", content);
    await expect(seedOf(client, { namespace: own })).rejects.toThrow("has no key seed of 32 bytes");
    await client.delete(namespaceObject(own));
  });

  it("seed of an operator's own is taken as it is", async () => {
    const own = await namespaceWith("seed", { data: { seed: base64(48) } });
    expect(await seedOf(client, { namespace: own })).toBe(base64(48));
    await client.delete(namespaceObject(own));
  });

  it.each<[string, object, string]>([
    ["no key", {}, "has no key"],
    ["an empty key", { data: { keytab: "", copr: base64(3) } }, "has nothing in keytab"],
  ])("of an identity with %s is refused", async (_, content, words) => {
    const own = await namespaceWith("identity-one", content);
    const identities = [{ name: "one", fasUser: "packit-test-1" }];
    const one = { ...poolOf({ limit: 1, identities }), namespace: own };
    await expect(identitySecrets({ client, pool: one }, "one")).rejects.toThrow(words);
    await client.delete(namespaceObject(own));
  });
});

function poolNamed(namespace: string): Pool {
  return poolOf({ kubeContext: LOCAL_CONTEXT, namespace, reaper: { image: IMAGE } });
}

function context(of: Pool): Context {
  const engine = new ApplyEngine(client, () => seedOf(client, of));
  const github = new GitHub({ baseUrl: "http://127.0.0.1:9" });
  return { root: ROOT, pool: of, client, github, engine, report: () => {} };
}

const AMOUNTS = {
  requestsCpu: 300,
  requestsMemory: 3 * 2 ** 30,
  limitsCpu: 2000,
  limitsMemory: 5 * 2 ** 30,
  storage: 4 * 2 ** 30,
};

/** Makes the namespaces of an instance, and nothing in them. */
async function inPool(of: Pool, name: string): Promise<void> {
  const all = namespacesOf(name).map((one) => ({ name: one, amounts: AMOUNTS }));
  await refuseForeign(context(of), name);
  await prepare(context(of), name, all, new AbortController().signal);
}

interface Question {
  readonly verb: string;
  /** With its group, if it has one. */
  readonly resource: string;
  readonly namespace: string;
  readonly name?: string;
}

/** Asks the API server whether a pool's reaper may do something. */
async function may({ resource, ...rest }: Question, of = pool): Promise<boolean> {
  const [kind = "", ...group] = resource.split(".");
  const { namespace } = of;
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${namespace}:packit-test-reaper`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      resourceAttributes: { ...rest, resource: kind, group: group.join(".") },
    },
  };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  return (await client.request<{ status: { allowed: boolean } }>("POST", path, body)).status.allowed;
}

let made = 0;

/** A namespace of its own that holds one Secret; returns its name. */
async function namespaceWith(name: string, content: object): Promise<string> {
  made += 1;
  const namespace = `rights-secret-${made}`;
  await client.create(namespaceObject(namespace));
  await client.create({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, ...content });
  return namespace;
}
