import { beforeAll, describe, expect, it } from "vitest";
import { TestStack } from "./stack.ts";

const stack = new TestStack("rbac");

/** What sandcastle does, and so all that its user may do. */
const ALLOWED = [
  ...["get", "list", "create", "delete"].map((verb) => `${verb} pods`),
  "get pods/log",
  ...["get", "create"].map((verb) => `${verb} pods/exec`),
  ...["list", "create", "delete"].map((verb) => `${verb} persistentvolumeclaims`),
].sort();

const VERBS = [
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "escalate",
  "bind",
  "impersonate",
];

beforeAll(() => stack.up());

describe("the workers' account", () => {
  it("may do in the sandbox what sandcastle does, and nothing more", async () => {
    expect(await allowed("packit-worker", stack.sandboxNamespace)).toEqual(ALLOWED);
  });

  it("may do nothing in the service's own namespace", async () => {
    expect(await allowed("packit-worker", stack.namespace)).toEqual([]);
  });
});

describe("any other account", () => {
  it("may do nothing in the sandbox", async () => {
    expect(await allowed("default", stack.sandboxNamespace)).toEqual([]);
  });
});

/** Asks the API server about every verb on every namespaced resource, subresources too. */
async function allowed(account: string, namespace: string): Promise<string[]> {
  const questions = (await resources()).flatMap(({ group, resource }) =>
    VERBS.map((verb) => ({ group, resource, verb })),
  );
  const answers = await Promise.all(
    questions.map(async ({ group, resource, verb }) => {
      const [name, subresource] = resource.split("/");
      const attributes = { namespace, verb, group, resource: name, ...(subresource && { subresource }) };
      return (await review(account, attributes)) ? [`${verb} ${resource}`] : [];
    }),
  );
  return answers.flat().sort();
}

async function review(account: string, resourceAttributes: object): Promise<boolean> {
  const { namespace } = stack;
  const groups = ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"];
  const body = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user: `system:serviceaccount:${namespace}:${account}`, groups, resourceAttributes },
  };
  type Answer = { status: { allowed: boolean } };
  const path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  return (await stack.client.request<Answer>("POST", path, body)).status.allowed;
}

async function resources(): Promise<{ group: string; resource: string }[]> {
  type List = { resources: { name: string; namespaced: boolean }[] };
  const versions = [
    "v1",
    "apps/v1",
    "batch/v1",
    "rbac.authorization.k8s.io/v1",
    "networking.k8s.io/v1",
    "route.openshift.io/v1",
  ];
  const lists = await Promise.all(
    versions.map(async (version) => {
      const path = version.includes("/") ? `/apis/${version}` : `/api/${version}`;
      const { resources } = await stack.client.request<List>("GET", path);
      const group = version.includes("/") ? (version.split("/")[0] ?? "") : "";
      return resources.filter(({ namespaced }) => namespaced).map(({ name }) => ({ group, resource: name }));
    }),
  );
  return lists.flat();
}
