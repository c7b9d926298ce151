import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiClient } from "../../cluster/api-client.ts";
import { applyOne } from "../../cluster/apply.ts";
import { changedBy } from "../../cluster/dry-run.ts";
import { withImages } from "../../cluster/followed-images.ts";
import { until } from "../../cluster/until.ts";
import { MANAGED } from "../../components/deployer/rights.ts";
import { readiness } from "../../operations/doctor.ts";
import { type KubernetesObject, describe as nameOf, order } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { type Changes, merge } from "../support/stacks.ts";
import { clientOf, clientWith, mayAccount, mayUser, type Question } from "./accounts.ts";
import { TestStack } from "./stack.ts";

const NAME = "deployed";
const stack = new TestStack(NAME);
const { client, namespace } = stack;
const ACCOUNT = { namespace, name: "packit-deployer" };
const ELSEWHERE = "deployed-elsewhere";

/** What has most kinds of objects, and Roles for others; the deployer can come by a token and by GitHub's own. */
const CHANGES: Changes = {
  imagePolicy: "schedule",
  repositoryCache: { repositories: [{ url: "https://example.com/a" }], refresh: { enabled: true } },
  quota: { enabled: true },
  withPostgresExporter: true,
  deployer: {
    token: { server: "https://api.example.com" },
    oidc: { environment: "stage" },
  },
  github: { repository: "packit/deployment", environments: { stage: { branches: ["main"] } } },
  secrets: { github: { token: "a-token" } },
};
const WITH_MORE = merge(CHANGES, { service: { replicas: 2 }, withTokman: true }) as Changes;

const RBAC = "rbac.authorization.k8s.io";
let objects: KubernetesObject[];
let deployer: ApiClient;

beforeAll(async () => {
  await client.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: ELSEWHERE } });
  await stack.up(CHANGES);
  objects = await stack.objects(CHANGES);
  deployer = await clientOf(client, ACCOUNT);
});
afterAll(async () => {
  await stack.down();
  await client.delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: ELSEWHERE } });
});

describe("the API server lets the deployer", () => {
  it("do everything with each object of its stack, but for changing its namespaces", async () => {
    const refused = await refusedOf(objects.filter(isWithin), MANAGED);
    expect(refused).toEqual([]);
    const namespaces = objects.filter((object) => !isWithin(object));
    expect(namespaces.map(({ kind }) => kind)).toEqual(["Namespace", "Namespace"]);
    expect(await refusedOf(namespaces, ["get"])).toEqual([]);
    expect(await refusedOf(namespaces, MANAGED)).toHaveLength(2 * (MANAGED.length - 1));
  });

  it.each([ELSEWHERE, "default", "kube-system"])("do nothing of that in %s", async (other) => {
    const elsewhere = objects.map((object) => {
      const metadata = { ...object.metadata, ...(isWithin(object) ? { namespace: other } : { name: other }) };
      return { ...object, metadata };
    });
    const refused = await refusedOf(elsewhere, MANAGED);
    expect(refused).toHaveLength(elsewhere.length * MANAGED.length);
  });

  it.each<[string, Question]>([
    ["read secrets of the cluster", { verb: "get", resource: "secrets", namespace: "kube-system" }],
    ["read secrets of all namespaces", { verb: "list", resource: "secrets" }],
    ["see nodes", { verb: "get", resource: "nodes" }],
    ["reach into nodes", { verb: "get", resource: "nodes", subresource: "proxy" }],
    ["list namespaces", { verb: "list", resource: "namespaces" }],
    ["make namespaces", { verb: "create", resource: "namespaces" }],
    [
      "change what Pod Security allows",
      { verb: "patch", resource: "namespaces", namespace, name: namespace },
    ],
    ["see roles of the cluster", { verb: "get", resource: "clusterroles", group: RBAC }],
    ["make roles of the cluster", { verb: "create", resource: "clusterroles", group: RBAC }],
    ["bind roles of the cluster", { verb: "create", resource: "clusterrolebindings", group: RBAC }],
    ["bind what it has not", { verb: "bind", resource: "clusterroles", group: RBAC, namespace }],
    ["bind roles that it has not", { verb: "bind", resource: "roles", group: RBAC, namespace }],
    ["give roles more than it has", { verb: "escalate", resource: "roles", group: RBAC, namespace }],
    ["act as another account", { verb: "impersonate", resource: "serviceaccounts", namespace }],
    ["act as a user", { verb: "impersonate", resource: "users" }],
    ["act as a group", { verb: "impersonate", resource: "groups" }],
    ["run commands beside the service", { verb: "create", resource: "pods", subresource: "exec", namespace }],
    [
      "have tokens of other accounts made",
      { verb: "create", resource: "serviceaccounts", subresource: "token", namespace, name: "packit-worker" },
    ],
    ["see volumes of the cluster", { verb: "get", resource: "persistentvolumes" }],
  ])("not %s", async (_, question) => {
    expect(await mayAccount(client, ACCOUNT, question)).toBe(false);
  });

  it("be logged in by a workflow of its environment, and by nothing else of the repository", async () => {
    const token = { resource: "serviceaccounts", subresource: "token", namespace };
    const question = { ...token, verb: "create", name: ACCOUNT.name };
    const may = (subject: string) => mayUser(client, `github:repo:${subject}`, question);
    expect(await may("packit/deployment:environment:stage")).toBe(true);
    const user = "github:repo:packit/deployment:environment:stage";
    for (const name of ["packit-worker", "default"])
      expect(await mayUser(client, user, { ...question, name })).toBe(false);
    const secrets = { verb: "get", resource: "secrets", namespace };
    expect(await mayUser(client, user, secrets)).toBe(false);
    for (const other of [
      "packit/deployment:pull_request",
      "packit/deployment:ref:refs/heads/main",
      "packit/deployment:environment:prod",
      "packit/deployment-fork:environment:stage",
      "somebody/deployment:environment:stage",
    ])
      expect(await may(other), other).toBe(false);
  });
});

describe("the deployer, with its own token", () => {
  it("applies its whole stack again, and changes nothing", async () => {
    expect(await deploy(objects)).toEqual({ changed: [], removed: [] });
  });

  it("sees whether all that is deployed is ready", async () => {
    expect(await readiness(deployer, objects)).toMatchObject([{ what: "what is deployed", found: "ready" }]);
  });

  it("adds parts, changes and removes them", async () => {
    const more = await stack.objects(WITH_MORE);
    const added = await deploy(more);
    // Another configuration has another migration.
    expect(added.removed).toEqual([expect.stringMatching(/^Job .*\/packit-service-migration-/)]);
    for (const name of ["packit-service", "tokman"])
      expect(added.changed).toContain(`Deployment ${namespace}/${name}`);
    const back = await deploy(objects, more);
    expect(back.changed).toContain(`Deployment ${namespace}/packit-service`);
    expect(back.removed).toContain(`Deployment ${namespace}/tokman`);
    for (const object of more.filter((one) => back.removed.includes(nameOf(one)))) {
      const isGone = async () => (await client.read(object)) === undefined;
      await until(isGone, { what: `${nameOf(object)} to be gone`, limitSeconds: 60 });
    }
  });

  it("makes anew what was deleted, of every kind", async () => {
    // What uses volumes, and these, go slowly; its own account it cannot do without.
    const slow = ["PersistentVolumeClaim", "Deployment", "StatefulSet", "Job"];
    const byKind = new Map(
      objects
        .filter(({ metadata }) => isWithin({ metadata }) && !metadata.name.startsWith(ACCOUNT.name))
        .filter(({ kind }) => !slow.includes(kind))
        .map((object) => [`${object.metadata.namespace} ${object.kind}`, object]),
    );
    expect(byKind.size).toBeGreaterThan(12);
    const deleted = [...byKind.values()];
    for (const object of deleted) await deployer.delete(object);
    const { changed } = await deploy(objects);
    expect(changed.toSorted()).toEqual(deleted.map(nameOf).toSorted());
  });

  it("deletes nothing in another namespace", async () => {
    const metadata = { name: "others", namespace: ELSEWHERE };
    const others = await client.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" } });
    await expect(deployer.delete(others)).rejects.toThrow(/cannot delete resource "configmaps"/);
    expect(await client.read(others)).toBeDefined();
  });

  it.each<[string, object]>([
    ["all rights in its namespace", { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
    ["one right more", { apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }],
    ["escalate", { apiGroups: [RBAC], resources: ["roles"], verbs: ["escalate"] }],
    ["its namespace", { apiGroups: [""], resources: ["namespaces"], verbs: ["patch"] }],
  ])("cannot give itself %s", async (_, rule) => {
    const role = await own("Role");
    const rules = [...role.rules, rule];
    await expect(deployer.patch(role, { rules })).rejects.toThrow("attempting to grant RBAC permissions");
    expect(await own("Role")).toEqual(role);
  });

  it.each(["cluster-admin", "admin", "system:node"])("cannot bind itself to %s", async (name) => {
    const binding = {
      apiVersion: `${RBAC}/v1`,
      kind: "RoleBinding",
      metadata: { name: "more", namespace },
      roleRef: { apiGroup: RBAC, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", ...ACCOUNT }],
    };
    await expect(deployer.create(binding)).rejects.toThrow("attempting to grant RBAC permissions");
    expect(await client.read(binding)).toBeUndefined();
  });

  it("cannot free its pods from Pod Security", async () => {
    const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
    await expect(deployer.patch(object, { metadata: { labels } })).rejects.toThrow(/cannot patch resource/);
  });
});

describe("the token that lasts", () => {
  it("is put into its Secret by the cluster, and is the deployer's until the next one is made", async () => {
    const former = await tokenIn("packit-deployer-token");
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "valkey-config", namespace } };
    expect(await clientWith(former).read(map)).toBeDefined();

    const generation = { deployer: { token: { generation: 2 } } };
    const { removed } = await stack.up(merge(CHANGES, generation) as Changes);
    expect(removed.map(nameOf)).toEqual([`Secret ${namespace}/packit-deployer-token`]);
    expect(await clientWith(await tokenIn("packit-deployer-token-2")).read(map)).toBeDefined();
    // The API server remembers tokens for some seconds.
    const isOver = () =>
      clientWith(former)
        .read(map)
        .then(
          () => false,
          () => true,
        );
    await until(isOver, { what: "the former token to be over", limitSeconds: 30 });
  });
});

function isWithin({ metadata }: Pick<KubernetesObject, "metadata">): boolean {
  return metadata.namespace !== undefined;
}

/** What of some verbs on each object the deployer may not do. */
async function refusedOf(all: readonly KubernetesObject[], verbs: readonly string[]): Promise<string[]> {
  const asked = all.map(async (object) => {
    const { plural, apiVersion } = await client.resourceOf(object);
    const [group = "", version] = apiVersion.split("/");
    const { name, namespace: within = name } = object.metadata;
    const answers = verbs.map(async (verb) => {
      const question = { verb, resource: plural, namespace: within, name };
      const inGroup = version === undefined ? question : { ...question, group };
      return (await mayAccount(client, ACCOUNT, inGroup)) ? [] : [`${verb} ${nameOf(object)}`];
    });
    return (await Promise.all(answers)).flat();
  });
  return (await Promise.all(asked)).flat();
}

/** What a deploy did, by the names of the objects. */
interface Deployed {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Applies a stack as the deployer does, who leaves the namespaces to a person: first all of it is tried. */
async function deploy(all: readonly KubernetesObject[], former = objects): Promise<Deployed> {
  const planned = await Promise.all(
    all.filter(isWithin).map(async (one) => {
      const object = withImages(one, ({ reference }) => reference);
      return { object, live: await deployer.read(object) };
    }),
  );
  const changed = (await changedBy(deployer, planned)).toSorted(order);
  for (const object of changed) await applyOne(deployer, object, { others: all });
  const declared = all.map(nameOf);
  const removed = former.filter((object) => !declared.includes(nameOf(object)));
  for (const object of removed) await deployer.delete(object);
  return { changed: changed.map(nameOf), removed: removed.map(nameOf) };
}

async function own(kind: string): Promise<Anything> {
  const found = await client.read({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name: ACCOUNT.name, namespace },
  });
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

/** The token in a Secret, once the cluster has put it there. */
async function tokenIn(name: string): Promise<string> {
  const read = async () => {
    const secret: Anything = (await stack.list("Secret")).get(name);
    return Buffer.from(secret?.data?.token ?? "", "base64").toString();
  };
  await until(async () => (await read()) !== "", { what: `a token in ${name}`, limitSeconds: 30 });
  return read();
}
