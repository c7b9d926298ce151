import { z } from "zod";
import { refuse } from "../../schema/refuse.ts";
import { flag, line, text } from "../../schema/values.ts";
import { actionsName, secretName } from "./values.ts";

/** GitHub's own limit, of users and teams together. */
const MOST_REVIEWERS = 6;

/**
 * Accounts by their names, which are for readers alone, with GitHub's own numbers: an account that is renamed keeps its
 * number, and its former name can be taken by anybody.
 */
const accounts = (what: string, command: string) =>
  z
    .record(
      line.meta({ example: what }),
      z
        .int()
        .positive()
        .meta({ allowed: `the number of a ${what}`, example: 583231 }),
    )
    .default({})
    .describe(`By their names, with the numbers that \`${command}\` tells.`);

const pattern = (what: string, example: string) =>
  text(
    /^[A-Za-z0-9_*?][A-Za-z0-9_*?./+-]*$/,
    `a ${what}'s name, in which * and ? stand for any characters but /`,
    example,
  );

/** An environment: who lets a workflow into it, from which branches, and what it finds there. */
export const environment = z
  .strictObject({
    reviewers: z
      .strictObject({
        users: accounts("user", "gh api users/NAME --jq .id"),
        teams: accounts("team", "gh api orgs/OWNER/teams/NAME --jq .id"),
      })
      .prefault({})
      .describe("Who may let a workflow in; one of them is enough. Default: nobody is asked."),
    preventSelfReview: flag
      .default(false)
      .describe("Whether somebody else must do so than who started the workflow."),
    adminsMayBypass: flag
      .default(false)
      .describe("Whether the repository's administrators may pass by all of this."),
    protectedBranches: flag
      .default(false)
      .describe(
        "Let only branches in that have a branch protection rule. Where no branch has one, GitHub lets all in; `branches` is surer.",
      ),
    branches: z
      .array(pattern("branch", "main"))
      .default([])
      .describe(
        "Let only these branches in, besides `tags`. Default: every branch, unless there are `tags`.",
      ),
    tags: z
      .array(pattern("tag", "v*"))
      .default([])
      .describe(
        "Let these tags in, too. Whoever may push one gets in: `shared.protectedTags` says who. Default: none beside `branches`.",
      ),
    variables: z
      .record(actionsName, z.string().min(1).meta({ allowed: "any text", example: "prod" }))
      .default({})
      .describe("Variables of workflows. Everybody can read them."),
    secrets: z
      .record(actionsName, secretName)
      .default({})
      .describe("Secrets of workflows, each with the name under `secrets.github` of what is in it."),
    kubeconfig: actionsName
      .meta({ example: "KUBECONFIG" })
      .optional()
      .describe("The secret in which workflows find the deployer's kubeconfig. Default: none."),
  })
  .superRefine(({ reviewers, protectedBranches, secrets, kubeconfig, ...named }, context) => {
    const count = Object.keys(reviewers.users).length + Object.keys(reviewers.teams).length;
    if (count > MOST_REVIEWERS)
      refuse(context, {
        path: ["reviewers"],
        value: `${count} of them`,
        allowed: `at most ${MOST_REVIEWERS} users and teams together`,
        remedy: "name a team in place of its members",
      });
    if (protectedBranches && patternsOf(named).length > 0)
      refuse(context, {
        path: ["protectedBranches"],
        value: "true",
        allowed: "false beside branches and tags: GitHub knows one of the two",
        remedy: "remove one of them",
      });
    if (kubeconfig !== undefined && kubeconfig in secrets)
      refuse(context, {
        path: ["kubeconfig"],
        value: kubeconfig,
        allowed: "a name that none of secrets has",
        remedy: "give one of the two another name",
      });
  });

export type EnvironmentSettings = z.output<typeof environment>;

/** The branches and tags that get in; none where all do. */
export function patternsOf({ branches, tags }: Pick<EnvironmentSettings, "branches" | "tags">): string[] {
  return [...branches, ...tags];
}

/** Whether somebody is asked, or not every branch and tag gets in: what names none, as `*`, lets any in. */
export function isProtected({ reviewers, ...named }: EnvironmentSettings): boolean {
  const asked = Object.keys(reviewers.users).length + Object.keys(reviewers.teams).length;
  const patterns = patternsOf(named);
  const isAnything = (pattern: string) => /^[*?/]+$/.test(pattern);
  return asked > 0 || (patterns.length > 0 && !patterns.some(isAnything));
}
