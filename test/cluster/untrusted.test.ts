import { execFileSync } from "node:child_process";
import { copyFileSync, globSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiClient, uidOf } from "../../cluster/api-client.ts";
import { applyOne, applyStack, removeStack } from "../../cluster/apply.ts";
import { until } from "../../cluster/until.ts";
import { GitHub } from "../../github/github.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { type Context, slotsOf } from "../../operations/test-instances/context.ts";
import { deploy, plan } from "../../operations/test-instances/deploy.ts";
import { destroy } from "../../operations/test-instances/destroy.ts";
import { ApplyEngine } from "../../operations/test-instances/engine.ts";
import { POOL_LABEL } from "../../operations/test-instances/namespaces.ts";
import { PulumiEngine } from "../../operations/test-instances/pulumi-engine.ts";
import { readRequest } from "../../operations/test-instances/request.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { temporaryFolder } from "../support/folder.ts";
import { FakeGitHub } from "../support/github.ts";
import { poolOf } from "../support/pool.ts";
import { ROOT } from "../support/stacks.ts";
import { PATHS } from "./control-plane.ts";
import { smallStack } from "./small-stack.ts";

const access = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const client = new ApiClient(access);
const pool = poolOf({ kubeContext: LOCAL_CONTEXT, namespace: "untrusted-pool" });
const poolNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: pool.namespace } };

beforeAll(() => applyOne(client, poolNamespace));
afterAll(() => client.delete(poolNamespace));

describe("the program of a pull request", () => {
  it("brings its instance up, and takes nothing that is somebody else's", async () => {
    const name = "foreign";
    const [space] = namespacesOf(name);
    const own = objectsOf(name);
    const { context, args } = await pullRequest(name, own);
    // Somebody else has a namespace of that name, and then something in the instance's own.
    const theirs = { apiVersion: "v1", kind: "Namespace", metadata: { name: space } };
    await client.create(theirs);
    await expect(deploy(context, args)).rejects.toThrow(`There is a namespace ${space} that is no`);
    expect(await client.read({ ...configMap(space) })).toBeUndefined();
    await client.request(
      "PATCH",
      `/api/v1/namespaces/${space}`,
      { metadata: { labels: { ...label(name), [POOL_LABEL]: pool.namespace } } },
      "application/merge-patch+json",
    );
    await client.create(configMap(space, { owner: "them" }));
    await expect(deploy(context, args)).rejects.toThrow(`ConfigMap ${space}/said is there, and of no stack`);
    expect(await client.read(configMap(space))).toMatchObject({ data: { owner: "them" } });
    await client.delete(configMap(space));
    expect((await deploy(context, args)).held.state).toBe("up");
    expect(await client.read(configMap(space))).toMatchObject({ data: { owner: "me" } });
    expect(await destroy(context, name)).toBe(true);
    expect(await slotsOf(context).held()).toEqual([]);
  });

  it("that declares what it may not is refused before it has a slot, and with Pulumi's engine before it is fetched", async () => {
    const name = "greedy";
    const root = { ...binding, metadata: { name: "packit-greedy", labels: label(name) } };
    const elsewhere = configMap("default", {}, label(name));
    const { context, args } = await pullRequest(name, [...objectsOf(name), root, elsewhere]);
    for (const wanted of [plan, deploy])
      await expect(wanted(context, args)).rejects.toThrow(
        /ClusterRoleBinding packit-greedy: .*\n {2}ConfigMap default\/said: /,
      );
    expect(await slotsOf(context).held()).toEqual([]);
    expect(await client.read(root)).toBeUndefined();
    expect(await client.read(elsewhere)).toBeUndefined();
    const engine = new PulumiEngine({ root: context.root, env: {} });
    await expect(plan({ ...context, engine }, args)).rejects.toThrow("Give --engine apply");
  });
});

describe("a workload that is made anew", () => {
  const space = "made-anew";
  const objects = smallStack("anew", space);
  const changed = smallStack("anew", space, { size: "2Gi" });
  const set = objects.find(({ kind }) => kind === "StatefulSet") ?? fail();
  const other = { ...set, metadata: { ...set.metadata, labels: { [STACK_LABEL]: "other" } } };

  it("takes the place of itself, and never of another one that has its name by then", async () => {
    await applyStack(client, "anew", objects);
    const swapping = new SwappingClient(access, other);
    await expect(applyStack(swapping, "anew", changed)).rejects.toThrow("StatefulSet made-anew/kept");
    expect(swapping.isSwapped).toBe(true);
    expect((await client.read(set))?.metadata.labels).toEqual(other.metadata.labels);
    // Alone, without a look at all of them before.
    const wanted = changed.find(({ kind }) => kind === "StatefulSet") ?? fail();
    await expect(applyOne(client, wanted)).rejects.toThrow("what is there is another stack's");
    expect((await client.read(set))?.metadata.labels).toEqual(other.metadata.labels);
    await client.delete(other);
    const gone = async () => (await client.read(other)) === undefined;
    await until(gone, { what: "the other one to be gone", limitSeconds: 20 });
    await applyStack(client, "anew", changed);
    await removeStack(client, "anew");
  });
});

/** A client before whose deletion of a workload somebody puts another one in its place. */
class SwappingClient extends ApiClient {
  isSwapped = false;
  readonly #other: KubernetesObject;

  constructor(given: typeof access, other: KubernetesObject) {
    super(given);
    this.#other = other;
  }

  override async delete(object: KubernetesObject, uid = uidOf(object)): Promise<void> {
    if (object.kind === this.#other.kind && !this.isSwapped) {
      this.isSwapped = true;
      await client.request(
        "DELETE",
        `/apis/apps/v1/namespaces/${object.metadata.namespace}/statefulsets/${object.metadata.name}`,
        { propagationPolicy: "Background" },
      );
      await client.create(this.#other);
    }
    return super.delete(object, uid);
  }
}

const binding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ kind: "ServiceAccount", name: "default", namespace: "default" }],
};

/** The pull request 321 of a project whose program declares these objects, and what deploys it. */
async function pullRequest(name: string, objects: readonly KubernetesObject[]) {
  const root = temporaryFolder();
  const git = (...words: readonly string[]) =>
    execFileSync("git", words, { cwd: root, encoding: "utf8" }).trim();
  for (const file of globSync("Pulumi*.yaml", { cwd: ROOT }))
    copyFileSync(join(ROOT, file), join(root, file));
  const files = {
    ".gitignore": "node_modules\n.local\n",
    "package.json": '{ "type": "module" }',
    "package-lock.json": "{}",
    "settings/load.ts": "export const loadSettings = () => {};",
    "render/generated.ts": "export const generatedFrom = () => {};",
    "render/evaluate.ts": `export const evaluate = () => ${JSON.stringify(objects)};`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
  git("init", "--quiet");
  git("add", "--all");
  git("-c", "user.name=me", "-c", "user.email=me@example.com", "commit", "--quiet", "--message", "all");
  const github = await new FakeGitHub().start();
  github.pulls.set("packit/deployment#321", { sha: git("rev-parse", "HEAD") });
  const context: Context = {
    root,
    pool,
    client,
    github: new GitHub({ baseUrl: github.url }),
    engine: new ApplyEngine(client, async () => "seed"),
    report: () => {},
  };
  const words = { references: ["deployment=321"], base: "stage", name, with: [], without: [], images: [] };
  const request = readRequest(words, pool);
  const builder = { build: async () => ({}) };
  const args = { request, builder, waitSeconds: 0, limitSeconds: 20, onlyExisting: false };
  return { context, args };
}

function objectsOf(name: string): KubernetesObject[] {
  const spaces = namespacesOf(name).slice(0, 2);
  const [own = ""] = spaces;
  const namespaces = spaces.map((space) => ({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: space, labels: label(name) },
  }));
  return [...namespaces, configMap(own, { owner: "me" }, label(name))];
}

function configMap(
  namespace: string,
  data: object = {},
  labels: Readonly<Record<string, string>> = {},
): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "said", namespace, labels }, data };
}

function label(name: string): Record<string, string> {
  return { [STACK_LABEL]: stackOf(name) };
}

function fail(): never {
  throw new Error("The small stack has a StatefulSet.");
}
