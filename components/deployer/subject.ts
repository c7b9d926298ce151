import type { GitHubSettings } from "../github/settings.ts";
import type { DeployerSettings } from "./settings.ts";

type Oidc = NonNullable<DeployerSettings["oidc"]>;

/**
 * The user that a cluster takes a workflow for, by the subject of the token that GitHub gives it. It is always that of an
 * environment, into which GitHub lets only those that the environment's rules name; that of a pull request never is.
 */
export function userOf(
  { environment, usernamePrefix, ids }: Oidc,
  { repository }: Pick<GitHubSettings, "repository">,
): string {
  const [owner, name] = repository.split("/");
  const numbered = ids === undefined ? repository : `${owner}@${ids.owner}/${name}@${ids.repository}`;
  return `${usernamePrefix}repo:${numbered}:environment:${environment}`;
}
