import { describe, expect, it } from "vitest";
import { diffHtml } from "../../diff/html/page.ts";
import { diffMarkdown } from "../../diff/markdown.ts";
import { nameOf } from "../../diff/object-diff.ts";
import { compared, type StackDiff } from "../../diff/stack-diff.ts";
import { diffText } from "../../diff/text.ts";
import { commentOf } from "../../preview/comment.ts";
import { withoutOptions } from "../../render/pulumi-options.ts";
import { GITHUB } from "../support/github-settings.ts";
import { bareDiff, maskedWith, stackDiffOf } from "../support/stack-diffs.ts";
import { type Changes, merge } from "../support/stacks.ts";

const gitHub = (changes: Changes) => merge(GITHUB, { github: changes }) as Changes;
const environment = (changes: Changes) => gitHub({ environments: { stage: changes } });
const shared = (changes: Changes) => gitHub({ shared: changes });

const RULESET = "RepositoryRuleset packit-github-ruleset";
const STAGE = "RepositoryEnvironment packit-github-environment/stage";
const POLICY = "RepositoryEnvironmentDeploymentPolicy packit-github";
const LOGIN = "RoleBinding packit--stg/packit-deployer-login";
const PROTECTED = [
  "Namespace packit--stg",
  "TenantNamespace packit--config/stg-sandbox",
  "PersistentVolumeClaim packit--stg/postgres-15",
  "PersistentVolumeClaim packit--stg/valkey-pvc",
];

/** What no Kubernetes object shows, and how it is told: besides, and as which fields of which objects. */
const CASES: readonly (readonly [
  title: string,
  before: Changes,
  after: Changes,
  besides: readonly string[],
  fields: readonly string[],
])[] = [
  [
    "another cluster",
    {},
    { kubeContext: "other" },
    ["all of it is made anew in another cluster, by the context other in place of packit-stage"],
    ["Provider cluster spec.clusterIdentifier", "Provider cluster spec.context"],
  ],
  [
    "protection that ends",
    {},
    { disposable: true },
    [`no longer protected from being lost: ${PROTECTED.join(", ")}`],
    PROTECTED.map((name) => `${name} pulumi`),
  ],
  [
    "protection that begins",
    { disposable: true },
    {},
    [`protected from being lost from now on: ${PROTECTED.join(", ")}`],
    PROTECTED.map((name) => `${name} pulumi`),
  ],
  [
    "a reviewer less",
    GITHUB,
    environment({ reviewers: { users: { two: undefined } } }),
    [`on GitHub, changed: ${STAGE}`],
    [`${STAGE} spec.reviewers[0].users[]`],
  ],
  [
    "no approvals",
    GITHUB,
    shared({ ruleset: { approvals: 0 } }),
    [`on GitHub, changed: ${RULESET}`],
    [`${RULESET} spec.rules.pullRequest.requiredApprovingReviewCount`],
  ],
  [
    "another account",
    GITHUB,
    gitHub({ repository: "other/deployment" }),
    ["all that is on GitHub is looked for at another account, other in place of packit"],
    [
      ...["packit", "other"].map(
        (owner) => `${LOGIN} subjects[github:repo:${owner}/deployment:environment:stage]`,
      ),
      ...["organization", "owner"].map((field) => `Provider packit-github-provider spec.${field}`),
    ],
  ],
  [
    "any branch",
    GITHUB,
    environment({ branches: ["*"], tags: [] }),
    [
      `on GitHub, added: ${POLICY}-branch/stage/*`,
      `on GitHub, removed: ${POLICY}-branch/stage/main, ${POLICY}-branch/stage/release/*, ${POLICY}-tag/stage/v*`,
    ],
    [],
  ],
  [
    "tags that are no longer declared to be protected",
    GITHUB,
    shared({ protectedTags: [] }),
    ["no longer declared on GitHub, where it stays as it is: RepositoryRuleset packit-github-tags"],
    [],
  ],
];

describe("what no Kubernetes object shows", () => {
  it.each(CASES)("is told of %s, in every form", async (_, before, after, besides, fields) => {
    const diff = await stackDiffOf("stage", before, after);
    expect(diff.state).toBe("changed");
    expect(diff.besides).toEqual(besides);
    expect(diff.objects.flatMap((one) => one.fields.map(({ path }) => `${nameOf(one)} ${path}`))).toEqual(
      fields,
    );
    for (const form of formsOf(diff))
      expect(besides.filter((one) => !wordsOf(form).includes(wordsOf(one)))).toEqual([]);
  });

  it("is that nothing moves from one repository to another, but what the provider has change in place", async () => {
    const { objects } = await stackDiffOf("stage", GITHUB, gitHub({ repository: "packit/other" }));
    const told = objects.filter(({ part }) => part === "github");
    const kinds = (what: string) => [
      ...new Set(told.filter((one) => one.what === what).map(({ kind }) => kind)),
    ];
    expect(kinds("replaced").sort()).toEqual([
      "ActionsEnvironmentSecret",
      "ActionsEnvironmentVariable",
      "IssueLabel",
      "RepositoryEnvironment",
      "RepositoryEnvironmentDeploymentPolicy",
      "RepositoryWebhook",
    ]);
    expect(kinds("changed")).toEqual(["RepositoryRuleset"]);
    expect(told.flatMap(({ because }) => because ?? []).every((path) => path === "spec.repository")).toBe(
      true,
    );
  });

  it("is that all starts in another cluster", async () => {
    const { restarts } = await stackDiffOf("stage", {}, { kubeContext: "other" });
    expect(restarts.length).toBeGreaterThan(8);
    expect(restarts.filter(({ what }) => what !== "starts" && what !== "runs")).toEqual([]);
  });

  it("is not compared with a base whose program does not tell it, and that is said", async () => {
    const { objects } = await maskedWith("stage", {});
    const former = { objects: objects.map(withoutOptions), hasTexts: true };
    const told = compared(former, await maskedWith("stage", GITHUB));
    expect(told.objects.filter(({ part }) => part === "github")).toEqual([]);
    expect(
      told.objects.flatMap(({ fields }) => fields.filter(({ path }) => path.startsWith("pulumi"))),
    ).toEqual([]);
    const same = compared(former, await maskedWith("stage", {}));
    // Nobody knows that it is.
    expect(same.state).toBe("changed");
    for (const form of formsOf(bareDiff("stage", same.state, same)).slice(1))
      expect(wordsOf(form)).toContain("tells of Kubernetes objects alone");
  });
});

function formsOf(diff: StackDiff): string[] {
  const diffs = [diff];
  return [
    commentOf({ diffs, head: "c0ffee", elsewhere: "there", limit: 65_000 }),
    diffText(diffs),
    diffText(diffs, 80),
    diffMarkdown(diffs),
    diffHtml(diffs),
    JSON.stringify(diffs),
  ];
}

/** A text whatever its lines are. */
function wordsOf(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/ (?=\/)/g, "");
}
