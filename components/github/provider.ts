import { Provider } from "@pulumi/github/provider.js";
import type * as pulumi from "@pulumi/pulumi";

export interface GitHubProviderArgs {
  /** The account that has the repository. */
  readonly owner: string;
  /** A token that may administer it, as a secret. */
  readonly token: pulumi.Output<string>;
}

/**
 * The provider of one account's repositories. All that the SDK or the provider would read from somebody's environment
 * is said here. Above all the token: the SDK takes one from GITHUB_TOKEN as no secret, and so into the state in plain.
 */
export function githubProvider(
  name: string,
  { owner, token }: GitHubProviderArgs,
  opts: pulumi.ResourceOptions,
): Provider {
  return new Provider(
    name,
    {
      baseUrl: "https://api.github.com/",
      owner,
      // This alone comes before GITHUB_OWNER and GITHUB_ORGANIZATION, which come before the owner.
      organization: owner,
      token,
    },
    opts,
  );
}
