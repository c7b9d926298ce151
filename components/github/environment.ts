import { ActionsEnvironmentSecret } from "@pulumi/github/actionsEnvironmentSecret.js";
import { ActionsEnvironmentVariable } from "@pulumi/github/actionsEnvironmentVariable.js";
import { RepositoryEnvironment } from "@pulumi/github/repositoryEnvironment.js";
import { RepositoryEnvironmentDeploymentPolicy } from "@pulumi/github/repositoryEnvironmentDeploymentPolicy.js";
import type * as pulumi from "@pulumi/pulumi";
import { type GitHubSecrets, secretValue, type Within } from "./declared.ts";
import { type EnvironmentSettings, patternsOf } from "./environment-settings.ts";

export interface EnvironmentArgs extends Within {
  /** The environment's name. */
  readonly environment: string;
  /** Who is let in, and what is found there. */
  readonly settings: EnvironmentSettings;
  /** The values of the names under `secrets.github`. */
  readonly secrets: GitHubSecrets;
  /** The kubeconfig of the stack's deployer, as a secret. @default - it has none */
  readonly kubeconfig: pulumi.Output<string> | undefined;
}

/** An environment of a repository's workflows, and what they find in it. */
export function declareEnvironment(
  name: string,
  { repository, environment, settings, secrets, kubeconfig, child }: EnvironmentArgs,
): void {
  const made = new RepositoryEnvironment(
    `${name}-environment/${environment}`,
    {
      repository,
      environment,
      ...reviewers(settings),
      preventSelfReview: settings.preventSelfReview,
      canAdminsBypass: settings.adminsMayBypass,
      ...branchPolicy(settings),
    },
    { ...child, retainOnDelete: true },
  );
  // What is in it waits for it.
  const within = { repository, environment: made.environment };
  for (const branchPattern of settings.branches)
    new RepositoryEnvironmentDeploymentPolicy(
      `${name}-branch/${environment}/${branchPattern}`,
      { ...within, branchPattern },
      child,
    );
  for (const tagPattern of settings.tags)
    new RepositoryEnvironmentDeploymentPolicy(
      `${name}-tag/${environment}/${tagPattern}`,
      { ...within, tagPattern },
      child,
    );
  for (const [variableName, value] of Object.entries(settings.variables))
    new ActionsEnvironmentVariable(
      `${name}-variable/${environment}/${variableName}`,
      { ...within, variableName, value },
      child,
    );
  const secret = (secretName: string, value: pulumi.Output<string>) =>
    new ActionsEnvironmentSecret(
      `${name}-secret/${environment}/${secretName}`,
      { ...within, secretName, value },
      child,
    );
  for (const [secretName, key] of Object.entries(settings.secrets))
    secret(secretName, secretValue(secrets, key));
  if (settings.kubeconfig !== undefined && kubeconfig) secret(settings.kubeconfig, kubeconfig);
}

function reviewers({ reviewers }: EnvironmentSettings) {
  const users = Object.values(reviewers.users);
  const teams = Object.values(reviewers.teams);
  return users.length + teams.length === 0 ? {} : { reviewers: [{ users, teams }] };
}

function branchPolicy({ protectedBranches, ...named }: EnvironmentSettings) {
  const customBranchPolicies = patternsOf(named).length > 0;
  if (!protectedBranches && !customBranchPolicies) return {};
  return { deploymentBranchPolicy: { protectedBranches, customBranchPolicies } };
}
