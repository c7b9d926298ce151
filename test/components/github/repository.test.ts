import { execa } from "execa";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { evaluate } from "../../../render/evaluate.ts";
import type { Anything } from "../../support/anything.ts";
import { GITHUB, GITHUB_SECRETS } from "../../support/github-settings.ts";
import { holdsMark } from "../../support/marks.ts";
import { type Registered, registered } from "../../support/registered.ts";
import { objectsOf, ROOT, settingsOf } from "../../support/stacks.ts";

const HIDDEN = "hidden";

/** By these, Pulumi's wire format tells a secret. */
const [SIGNATURE, SECRET] = ["4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"];

let all: Registered[];

beforeAll(async () => {
  all = (await registered(GITHUB)).filter(({ type }) => /^github:|:github[:$]|:github$/.test(type));
});

describe("what a stack declares of GitHub", () => {
  it("is all of a repository that is there already, by a provider of its own", () => {
    const [repository, provider] = ["packit:github:Repository", "pulumi:providers:github"];
    for (const { type, name, parent, provider: by } of all) {
      if (type !== repository) expect(parent, name).toBe("packit-github");
      if (type.startsWith("github:")) expect(by, name).toBe("packit-github-provider");
    }
    expect(all.filter(({ type }) => type === repository || type === provider)).toHaveLength(2);
    expect(of("Repository")).toEqual([]);
  });

  it("is under names that nothing else has", () => {
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("is an environment with those who let workflows in, and the branches and tags that they may come from", () => {
    expect(of("RepositoryEnvironment")).toEqual([
      {
        repository: "deployment",
        environment: "stage",
        reviewers: [{ users: [11, 12], teams: [21] }],
        preventSelfReview: true,
        canAdminsBypass: false,
        deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      },
      {
        repository: "deployment",
        environment: "stage-preview",
        preventSelfReview: false,
        canAdminsBypass: false,
        deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      },
    ]);
    expect(of("RepositoryEnvironmentDeploymentPolicy")).toEqual(
      [
        { environment: "stage-preview", branchPattern: "main" },
        { environment: "stage", branchPattern: "main" },
        { environment: "stage", branchPattern: "release/*" },
        { environment: "stage", tagPattern: "v*" },
      ].map((policy) => ({ repository: "deployment", ...policy })),
    );
  });

  it("is variables in plain and secrets as secrets, each in its environment", () => {
    expect(of("ActionsEnvironmentVariable")).toEqual([
      { repository: "deployment", environment: "stage", variableName: "PULUMI_STACK", value: "stage" },
    ]);
    expect(of("ActionsEnvironmentSecret").map(({ repository: _, ...rest }) => rest)).toEqual(
      [
        ["stage-preview", "PULUMI_CONFIG_PASSPHRASE"],
        ["stage", "APP_KEY"],
        ["stage", "KUBECONFIG"],
        ["stage", "PULUMI_CONFIG_PASSPHRASE"],
      ].map(([environment, secretName]) => ({ environment, secretName, value: HIDDEN })),
    );
  });

  it("is labels, rulesets and webhooks of the whole repository", () => {
    expect(of("IssueLabel").map(({ name, color, description }) => [name, color, description])).toEqual([
      ["bug", "d73a4a", "Something is broken"],
      ["kind/new: part", "0e8a16", ""],
    ]);
    expect(of("RepositoryRuleset")).toEqual([
      {
        repository: "deployment",
        name: "main",
        target: "branch",
        enforcement: "active",
        conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
        rules: {
          deletion: true,
          nonFastForward: true,
          pullRequest: {
            requiredApprovingReviewCount: 2,
            dismissStaleReviewsOnPush: true,
            requireCodeOwnerReview: false,
          },
          requiredStatusChecks: {
            requiredChecks: [{ context: "test", integrationId: 15368 }, { context: "lint" }],
            strictRequiredStatusChecksPolicy: true,
          },
        },
      },
      {
        repository: "deployment",
        name: "protected tags",
        target: "tag",
        enforcement: "active",
        bypassActors: [{ actorId: 5, actorType: "RepositoryRole", bypassMode: "always" }],
        conditions: { refName: { includes: ["refs/tags/v*"], excludes: [] } },
        rules: { creation: true, update: true, deletion: true },
      },
    ]);
    expect(of("RepositoryWebhook").map(({ configuration, events }) => [configuration, events])).toEqual([
      [{ url: "https://example.com", contentType: "json", insecureSsl: false }, ["issues", "label"]],
      [
        {
          url: "https://stg.packit.dev/api/webhooks/github",
          contentType: "json",
          insecureSsl: false,
          secret: HIDDEN,
        },
        ["push"],
      ],
    ]);
  });

  it.each<[string, object, object]>([
    ["no reviewer and no rule of branches", {}, {}],
    [
      "protected branches",
      { protectedBranches: true },
      { deploymentBranchPolicy: { protectedBranches: true, customBranchPolicies: false } },
    ],
    [
      "tags alone",
      { tags: ["v*"] },
      { deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true } },
    ],
    ["a team alone", { reviewers: { teams: { a: 1 } } }, { reviewers: [{ users: [], teams: [1] }] }],
    ["administrators that may pass", { adminsMayBypass: true }, { canAdminsBypass: true }],
  ])("is, with %s, what was said and no more", async (_, environment, wanted) => {
    const github = { repository: "a/b", environments: { one: environment } };
    const made = await registered({ github, secrets: { github: { token: "a-token" } } });
    const [object] = made.filter(({ type }) => type.endsWith(":RepositoryEnvironment"));
    expect(object?.object).toEqual({
      repository: "b",
      environment: "one",
      preventSelfReview: false,
      canAdminsBypass: false,
      ...wanted,
    });
  });

  it("leaves to the repository what others would lose with it, when it goes from the stack", () => {
    const kept = all.filter(({ isRetained }) => isRetained).map(({ type }) => type.split(":").at(-1));
    expect([...new Set(kept)].sort()).toEqual(["IssueLabel", "RepositoryEnvironment", "RepositoryRuleset"]);
    expect(all.filter(({ protect }) => protect)).toEqual([]);
  });
});

describe("a secret that GitHub is given", () => {
  it("travels to the engine as a secret, whatever it is for", () => {
    const seen = JSON.stringify(all.map(({ object }) => object));
    for (const secret of Object.values(GITHUB_SECRETS))
      expect(seen).toContain(JSON.stringify(secret).slice(1, -1));
    expect(holdsMark(JSON.stringify(all.map(({ object }) => withoutSecrets(object))))).toBe(false);
  });

  it("is the token, which is never left for the SDK to take from the environment in plain", async () => {
    vi.stubEnv("GITHUB_TOKEN", "plain");
    vi.stubEnv("GITHUB_BASE_URL", "https://github.example.com/");
    try {
      const made = await registered(GITHUB);
      const provider = made.find(({ type }) => type === "pulumi:providers:github");
      expect(withoutSecrets(provider?.object)).toEqual({
        baseUrl: "https://api.github.com/",
        owner: "packit",
        organization: "packit",
        token: HIDDEN,
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("is the deployer's kubeconfig, of one context: the stack's own", () => {
    const kubeconfig = all.find(({ name }) => name.endsWith("/KUBECONFIG"))?.object.value.value;
    expect(JSON.parse(kubeconfig)).toMatchObject({
      clusters: [{ cluster: { server: "https://api.example.com:6443" } }],
      contexts: [{ name: "packit-stage" }],
      "current-context": "packit-stage",
    });
  });
});

describe("a stack without packit:github", () => {
  it("declares nothing of GitHub", async () => {
    const made = await registered({});
    expect(made.filter(({ type, name }) => /github:|providers:github/.test(type + name))).toEqual([]);
  });

  it("loads nothing of its SDK, which one that has it does", async () => {
    const loaded = async (changes: object) => {
      const script = `
        import { createRequire } from "node:module";
        import { objectsOf } from "${ROOT}/test/support/stacks.ts";
        await objectsOf("stage", ${JSON.stringify(changes)});
        const paths = Object.keys(createRequire("${ROOT}/").cache);
        console.log(paths.filter((path) => path.includes("/@pulumi/github/")).length);`;
      const { stdout } = await execa(process.execPath, ["--input-type=module", "-e", script], { cwd: ROOT });
      return Number(stdout);
    };
    expect(await loaded({})).toBe(0);
    expect(await loaded(GITHUB)).toBeGreaterThan(5);
  });

  it("has the same Kubernetes objects as with it", async () => {
    const { deployer: _, ...github } = GITHUB;
    const { kubeconfig: __, ...stage } = github.github.environments.stage;
    const changes = { ...github, github: { ...github.github, environments: { stage } } };
    const generate = ({ name }: { name: string }) => `generated-${name}`;
    expect(await evaluate(settingsOf("stage", changes), { generate, secrets: { keep: true } })).toEqual(
      await objectsOf("stage"),
    );
  });
});

/** The inputs of all resources of a kind, by their names; each secret is hidden. */
function of(kind: string) {
  return all
    .filter(({ type }) => type.split(":").at(-1) === kind && type !== "packit:github:Repository")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ object }) => withoutSecrets(object));
}

/** A value as it travels to the engine, without what that knows to be secret. */
function withoutSecrets(value: Anything): Anything {
  if (typeof value !== "object" || value === null) return value;
  if (value[SIGNATURE ?? ""] === SECRET) return HIDDEN;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutSecrets(one)]));
}
