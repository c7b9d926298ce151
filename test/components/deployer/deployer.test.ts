import { describe, expect, it } from "vitest";
import { kubeconfig } from "../../../components/deployer/kubeconfig.ts";
import { userOf } from "../../../components/deployer/subject.ts";
import { references } from "../../../render/references.ts";
import type { Anything } from "../../support/anything.ts";
import { project } from "../../support/cli.ts";
import { GITHUB } from "../../support/github-settings.ts";
import { rightsOf } from "../../support/rights.ts";
import { find, objectsOf } from "../../support/stacks.ts";

const SERVER = "https://api.example.com:6443";

describe("the deployer", () => {
  it("is nobody in a stack that does not ask for one", async () => {
    const names = (await objectsOf("prod")).map(({ metadata }) => metadata.name);
    expect(names.filter((name) => name.startsWith("packit-deployer"))).toEqual([]);
  });

  it("is an account without a token, unless one is asked for, in no pod", async () => {
    const objects = await objectsOf("stage", { deployer: {} });
    expect(find(objects, "ServiceAccount", "packit-deployer").automountServiceAccountToken).toBe(false);
    expect(objects.filter(({ type }) => type === "kubernetes.io/service-account-token")).toEqual([]);
    expect(JSON.stringify(objects)).not.toContain('"serviceAccountName":"packit-deployer"');
  });

  it.each([
    [1, "packit-deployer-token"],
    [2, "packit-deployer-token-2"],
  ])("has, in generation %i, one token, of that generation", async (generation, name) => {
    const objects = await objectsOf("stage", { deployer: { token: { server: SERVER, generation } } });
    const tokens = objects.filter(({ type }) => type === "kubernetes.io/service-account-token");
    expect(tokens.map(({ metadata }) => metadata.name)).toEqual([name]);
    const annotations = { "kubernetes.io/service-account.name": "packit-deployer" };
    expect(tokens[0]).toMatchObject({ metadata: { annotations } });
    expect(tokens[0]).not.toHaveProperty("data");
  });

  it("sees on the Managed Platform its own request for a namespace, and nothing else among the tenant's", async () => {
    const objects = await objectsOf("stage", { deployer: {}, platform: "managed-platform" });
    const rights = rightsOf(objects, "packit-deployer").filter(
      ({ namespace }) => namespace === "packit--config",
    );
    expect(rights.map(({ verb, resource, name }) => [verb, resource, name])).toEqual([
      ["get", "tenantnamespaces", "stg-sandbox"],
      ["get", "roles", "packit-deployer-stage"],
      ["get", "rolebindings", "packit-deployer-stage"],
    ]);
    const other = await objectsOf("prod", { deployer: {}, platform: "managed-platform" });
    const named = (all: typeof objects) =>
      all
        .filter(({ metadata }) => metadata.namespace === "packit--config")
        .map(({ metadata }) => metadata.name);
    expect(named(other).filter((name) => named(objects).includes(name))).toEqual([]);
  });

  it("is let in by the one environment's workflows, who may have its token made and nothing else", async () => {
    const objects = await objectsOf("stage", GITHUB);
    const binding = find(objects, "RoleBinding", "packit-deployer-login");
    expect(binding.subjects).toEqual([
      {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "User",
        name: "github:repo:packit/deployment:environment:stage",
      },
    ]);
    expect(find(objects, "Role", "packit-deployer-login").rules).toEqual([
      {
        apiGroups: [""],
        resources: ["serviceaccounts/token"],
        verbs: ["create"],
        resourceNames: ["packit-deployer"],
      },
    ]);
    const users = (objects as Anything[]).flatMap(({ subjects = [] }) =>
      subjects.filter(({ kind }: Anything) => kind !== "ServiceAccount"),
    );
    expect(users).toHaveLength(1);
  });

  it("has a token that is in no folder for somebody else's playbook to fill", async () => {
    const file = `config:
  packit:deployer: { token: { server: "${SERVER}" } }
  packit:deployment: stg
  packit:kubeContext: one
  packit:namespace: one
  packit:storageClass: standard
  packit:tls: reencrypt
  packit:identity: { fasUser: packit-stg }
  packit:hosts: { service: s.example.com, dashboard: d.example.com, workers: w.example.com }
`;
    const root = project({ "Pulumi.yaml": "name: packit\n", "Pulumi.one.yaml": file });
    const { objects, secrets } = await references(root, "one");
    expect(secrets.map(({ name }) => name)).not.toContain("packit-deployer-token");
    expect(objects.map(({ metadata }) => metadata.name)).toContain("packit-deployer-token");
  });
});

describe("the user that a workflow is", () => {
  const oidc = { environment: "prod", usernamePrefix: "github:" };

  it.each([
    [{}, "github:repo:packit/deployment:environment:prod"],
    [{ usernamePrefix: "gh#" }, "gh#repo:packit/deployment:environment:prod"],
    [{ ids: { owner: 1, repository: 2 } }, "github:repo:packit@1/deployment@2:environment:prod"],
  ])("is with %j that of one environment", (more, user) => {
    expect(userOf({ ...oidc, ...more }, { repository: "packit/deployment" })).toBe(user);
  });
});

describe("a kubeconfig", () => {
  it("is of one context, with the certificates in base64", () => {
    const text = kubeconfig({ context: "a", server: SERVER, certificateAuthority: "PEM\n", token: "t" });
    expect(JSON.parse(text)).toEqual({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "a", cluster: { server: SERVER, "certificate-authority-data": "UEVNCg==" } }],
      users: [{ name: "a", user: { token: "t" } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      "current-context": "a",
    });
  });
});
