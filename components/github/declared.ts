import * as pulumi from "@pulumi/pulumi";
import type { Sensitive } from "../../schema/secrets/sensitive.ts";

/** Where something is declared: the repository's name, and the options of its resources. */
export interface Within {
  readonly repository: string;
  readonly child: pulumi.CustomResourceOptions;
}

/** The values of the names under `secrets.github`. */
export type GitHubSecrets = Readonly<Record<string, Sensitive>>;

/** One of them, as a secret; empty in output without secrets. */
export function secretValue(secrets: GitHubSecrets, name: string): pulumi.Output<string> {
  return pulumi.secret(secrets[name]?.reveal() ?? "");
}
