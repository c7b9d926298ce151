import { beforeAll, describe, expect, it } from "vitest";
import { applyStack } from "../../cluster/apply.ts";
import { clientOf, mayAccount } from "./accounts.ts";
import { TestStack } from "./stack.ts";

const stack = new TestStack("rbac");

/** What sandcastle does, and so all that its user may do. */
const ALLOWED = [
  ...["get", "list", "create", "delete"].map((verb) => `${verb} pods`),
  "get pods/log",
  ...["get", "create"].map((verb) => `${verb} pods/exec`),
  ...["list", "create", "delete"].map((verb) => `${verb} persistentvolumeclaims`),
].sort();

/** The kinds that give rights, and what they are given in and to. */
const RIGHTS = ["Namespace", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"];

beforeAll(async () => {
  const objects = (await stack.objects()).filter(({ kind }) => RIGHTS.includes(kind));
  await applyStack(stack.client, "rbac", objects);
});

describe("the workers' account", () => {
  it("may do in the sandbox what sandcastle does, and nothing more", async () => {
    expect(await allowed("packit-worker", stack.sandboxNamespace)).toEqual(ALLOWED);
    for (const one of [...ALLOWED, "get secrets", "update pods"]) {
      const [verb = "", what = ""] = one.split(" ");
      const [resource = "", subresource] = what.split("/");
      const asked = {
        verb,
        resource,
        ...(subresource && { subresource }),
        namespace: stack.sandboxNamespace,
      };
      const account = { namespace: stack.namespace, name: "packit-worker" };
      expect(await mayAccount(stack.client, account, asked), one).toBe(ALLOWED.includes(one));
    }
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

/** All that an account may do in a namespace, as the API server says: of any kind, subresources too. */
async function allowed(account: string, namespace: string): Promise<string[]> {
  const client = await clientOf(stack.client, { namespace: stack.namespace, name: account });
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectRulesReview",
    spec: { namespace },
  };
  const path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
  const { status } = await client.request<{ status: Rules }>("POST", path, review);
  expect(status.incomplete).toBe(false);
  const rules = status.resourceRules.filter(({ apiGroups }) => !apiGroups.every((one) => OWN.includes(one)));
  for (const { apiGroups, resourceNames } of rules)
    expect([apiGroups, resourceNames]).toEqual([[""], undefined]);
  const all = rules.flatMap(({ verbs, resources }) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
  );
  return [...new Set(all)].sort();
}

interface Rules {
  readonly incomplete: boolean;
  readonly resourceRules: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
}

/** The groups in which everybody may ask what he may do, and nothing else. */
const OWN = ["authorization.k8s.io", "authentication.k8s.io"];
