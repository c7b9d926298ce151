import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import type { Within } from "./declared.ts";
import type { RulesetSettings } from "./settings.ts";

/** Protects branches from being deleted, from forced pushes, and from what is not reviewed or not checked. */
export function declareRuleset(
  name: string,
  { branches, checks, ...settings }: RulesetSettings,
  { repository, child }: Within,
): void {
  new RepositoryRuleset(
    name,
    {
      repository,
      name: settings.name,
      target: "branch",
      enforcement: "active",
      conditions: { refName: { includes: branches.map(refOf), excludes: [] } },
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: {
          requiredApprovingReviewCount: settings.approvals,
          dismissStaleReviewsOnPush: settings.dismissStale,
          requireCodeOwnerReview: settings.codeOwners,
        },
        ...(checks.length > 0 && {
          requiredStatusChecks: {
            requiredChecks: checks.map(({ context, app }) => ({
              context,
              ...(app !== undefined && { integrationId: app }),
            })),
            strictRequiredStatusChecksPolicy: settings.upToDate,
          },
        }),
      },
    },
    child,
  );
}

/** GitHub's own number of the role of a repository's administrators. */
const ADMINISTRATOR = 5;

/** Keeps tags to the repository's administrators: to make, to move and to remove them. */
export function declareProtectedTags(
  name: string,
  tags: readonly string[],
  { repository, child }: Within,
): void {
  new RepositoryRuleset(
    name,
    {
      repository,
      name: "protected tags",
      target: "tag",
      enforcement: "active",
      bypassActors: [{ actorId: ADMINISTRATOR, actorType: "RepositoryRole", bypassMode: "always" }],
      conditions: { refName: { includes: tags.map((tag) => `refs/tags/${tag}`), excludes: [] } },
      rules: { creation: true, update: true, deletion: true },
    },
    child,
  );
}

/** GitHub's own words for some branches begin with a tilde; all else is a ref. */
function refOf(branch: string): string {
  return branch.startsWith("~") ? branch : `refs/heads/${branch}`;
}
