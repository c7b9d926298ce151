import { describe, expect, it, vi } from "vitest";
import { loadSettings } from "../../../settings/load.ts";
import { GITHUB, GITHUB_SECRETS } from "../../support/github-settings.ts";
import { holdsMark } from "../../support/marks.ts";
import { type Changes, configOf, merge, ROOT } from "../../support/stacks.ts";

const TOKEN = { github: { token: "a-token" } };
const BARE = { secrets: TOKEN, github: { repository: "packit/deployment" } };

describe("settings of GitHub", () => {
  it("are taken, all of them together, and the repository alone", () => {
    expect(errorOf(GITHUB)).toBe("");
    expect(errorOf(BARE)).toBe("");
  });

  it.each<[string, Changes, string, string]>([
    ["no owner", { repository: "deployment" }, "repository", "OWNER/NAME"],
    ["an owner's dots", { repository: "a.b/c" }, "repository", "OWNER/NAME"],
    ["a name that leads elsewhere", { repository: "packit/.." }, "repository", "OWNER/NAME"],
    [
      "a slash in an environment",
      { environments: { "a/b": {} } },
      'environments["a/b"]',
      "as a key, as an env",
    ],
    [
      "environments that are one",
      { environments: { A: {}, a: {} } },
      "environments.a",
      "the same letters as A",
    ],
    ["labels that are one", labels("Bug", "bug"), "shared.labels.bug", "the same letters as Bug"],
    ...["c#", "why?", "100%", "a\\b", "..", "a/../b", "a/.", " a"].map(
      (name): [string, Changes, string, string] => [
        `the label "${name}", which the provider would ask for by another name`,
        labels(name),
        `shared.labels[${JSON.stringify(name)}]`,
        "without #, ?, % and",
      ],
    ),
    [
      "a colour by name",
      { shared: { labels: { a: { color: "red" } } } },
      "shared.labels.a.color",
      "six hexa",
    ],
    [
      "a secret in small letters",
      { environments: { a: { secrets: { pass: "passphrase" } } } },
      "environments.a.secrets.pass",
      "capital letters",
    ],
    [
      "a variable of GitHub's own",
      { environments: { a: { variables: { GITHUB_SHA: "x" } } } },
      "environments.a.variables.GITHUB_SHA",
      "not GITHUB_",
    ],
    [
      "the token itself for workflows",
      { environments: { a: { secrets: { TOKEN: "token" } } } },
      "environments.a.secrets.TOKEN",
      "not token",
    ],
    [
      "two rules of branches",
      { environments: { a: { protectedBranches: true, branches: ["main"] } } },
      "environments.a.protectedBranches",
      "false beside branches",
    ],
    [
      "protected branches beside tags",
      { environments: { a: { protectedBranches: true, tags: ["v*"] } } },
      "environments.a.protectedBranches",
      "false beside branches and tags",
    ],
    [
      "seven reviewers",
      {
        environments: {
          a: { reviewers: { users: { a: 1, b: 2, c: 3, d: 4 }, teams: { e: 5, f: 6, g: 7 } } },
        },
      },
      "environments.a.reviewers",
      "at most 6 users and teams",
    ],
    [
      "a reviewer by name",
      { environments: { a: { reviewers: { users: { ada: "ada" } } } } },
      "environments.a.reviewers.users.ada",
      "the number of a user",
    ],
    [
      "one name for two secrets",
      { environments: { a: { branches: ["main"], secrets: { K: "k" }, kubeconfig: "K" } } },
      "environments.a.kubeconfig",
      "a name that none of secrets has",
    ],
    [
      "a kubeconfig of nobody",
      { environments: { a: { branches: ["main"], kubeconfig: "K" } } },
      "environments.a.kubeconfig",
      "nothing without deployer.token",
    ],
    [
      "a webhook in plain HTTP",
      { shared: { webhooks: { a: { url: "http://a.example.com", events: ["push"] } } } },
      "shared.webhooks.a.url",
      "an https address",
    ],
    [
      "a webhook without events",
      { shared: { webhooks: { a: { url: "https://a.example.com", events: [] } } } },
      "shared.webhooks.a.events",
      "a list of one item or more",
    ],
  ])("are refused with %s", (_, github, path, allowed) => {
    const message = errorOf(merge(BARE, { github }) as Changes);
    expect(message).toContain(`packit:github.${path}\n`);
    expect(message).toContain(allowed);
  });

  it("are refused in a disposable stack, which would give a real repository what is made up", () => {
    expect(errorOf({ ...BARE, disposable: true })).toMatch(
      /packit:github\n.*packit\/deployment\n.*disposable/s,
    );
  });
});

describe("an environment from which a stack is deployed", () => {
  const with_ = (environment: object, deployer: object) =>
    errorOf({
      secrets: TOKEN,
      deployer,
      github: { repository: "packit/deployment", environments: { one: environment } },
    });
  const token = { token: { server: "https://api.example.com" } };
  const oidc = { oidc: { environment: "one" } };

  it.each<[string, object]>([
    ["a user who is asked", { reviewers: { users: { a: 1 } } }],
    ["a team that is asked", { reviewers: { teams: { a: 1 } } }],
    ["tags that are named", { tags: ["v*"] }],
    ["branches that are named", { branches: ["main", "release/*"] }],
  ])("may be one with %s", (_, environment) => {
    expect(with_({ ...environment, kubeconfig: "K" }, token)).toBe("");
    expect(with_(environment, oidc)).toBe("");
  });

  it.each<[string, object]>([
    ["nothing", {}],
    ["protected branches, of which there may be none", { protectedBranches: true }],
    ["branches that are all branches", { branches: ["main", "*/*"] }],
    ["tags that are all tags", { branches: ["main"], tags: ["**"] }],
  ])("is refused with %s", (_, environment) => {
    expect(with_({ ...environment, kubeconfig: "K" }, token)).toContain("packit:github.environments.one\n");
    expect(with_(environment, oidc)).toContain("packit:deployer.oidc.environment\n");
    const secrets = { token: "a-token", pass: "a-passphrase" };
    const github = {
      repository: "packit/deployment",
      environments: { one: { ...environment, secrets: { P: "pass" } } },
    };
    expect(errorOf({ secrets: { github: secrets }, github })).toContain(
      "packit:github.environments.one.secrets\n",
    );
  });

  it("is refused where no stack file declares it: GitHub makes one that a workflow names, open to all", () => {
    expect(with_({}, { oidc: { environment: "two" } })).toContain("packit:deployer.oidc.environment\n");
    expect(errorOf({ deployer: oidc })).toContain("packit:deployer.oidc.environment\n");
  });
});

describe("secrets of GitHub", () => {
  it("are asked for by name, those and no others", () => {
    const { hook: _, ...others } = GITHUB_SECRETS;
    const message = errorOf({ ...GITHUB, secrets: { github: { ...others, hoook: "x", hook: undefined } } });
    expect(message).toContain("packit:secrets.github.hook\n");
    expect(message).toContain("the secret of the webhook stage");
    expect(message).toContain("packit:secrets.github.hoook\n");
    expect(errorOf({ secrets: TOKEN })).toContain("packit:secrets.github.token\n");
  });

  it.each<[string, unknown, string]>([
    ["a token of two lines", { token: "a\nb" }, "a line end"],
    ["an empty token", { token: "" }, "an empty value"],
    ["one that is left out", { token: { leftOut: "later" } }, "it cannot be left out"],
    ["a list", [], "a map of secrets"],
  ])("are refused with %s", (_, github, words) => {
    expect(errorOf(merge(BARE, { secrets: { github } }) as Changes)).toContain(words);
  });

  it("are no longer than GitHub takes, and may have many lines", () => {
    const secrets = (passphrase: string) => ({
      ...GITHUB,
      secrets: { github: { ...GITHUB_SECRETS, passphrase } },
    });
    expect(errorOf(secrets("a\nb\n".repeat(100)))).toBe("");
    const message = errorOf(secrets("x".repeat(48 * 1024 + 1)));
    expect(message).toContain("more than 48 KiB");
    expect(message).toContain("the secret PULUMI_CONFIG_PASSPHRASE of the environment stage");
  });

  it("are told of by no error", () => {
    const message = errorOf({ ...GITHUB, secrets: { github: { ...GITHUB_SECRETS, token: "MARKED token" } } });
    expect(message).toContain("packit:secrets.github.token\n");
    expect(holdsMark(message)).toBe(false);
  });

  it("may be the token of the environment, where the stack has none, held to the same form", () => {
    const read = (changes: Changes, githubToken: string) =>
      loadSettings(configOf("stage", changes), { kind: "given", root: ROOT, githubToken }).secrets.github;
    const bare = { github: BARE.github };
    expect(read(bare, "of-env").token?.reveal()).toBe("of-env");
    expect(read(BARE, "of-env").token?.reveal()).toBe("a-token");
    expect(read({}, "of-env")).toEqual({});
    expect(() => read(bare, "of env")).toThrow("packit:secrets.github.token");
    expect(errorOf(bare)).toContain("GITHUB_TOKEN");
  });

  it("have last days, as others do", () => {
    vi.useFakeTimers({ now: new Date("2026-11-21T12:00:00Z"), toFake: ["Date"] });
    try {
      const secretRecords = { "github.token": { owner: "Ada", expires: "2026-11-30" } };
      const { warnings } = loadSettings(configOf("stage", { ...BARE, secretRecords }), {
        kind: "given",
        root: ROOT,
      });
      expect(warnings).toEqual([
        expect.stringMatching(
          /packit:secrets\.github\.token, a token that may administer packit\/deployment/,
        ),
      ]);
      expect(errorOf({ secretRecords })).toContain("no secret from outside");
    } finally {
      vi.useRealTimers();
    }
  });
});

function labels(...names: string[]): Changes {
  return { shared: { labels: Object.fromEntries(names.map((name) => [name, { color: "d73a4a" }])) } };
}

function errorOf(changes: Changes): string {
  try {
    loadSettings(configOf("stage", changes), { kind: "given", root: ROOT });
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}
