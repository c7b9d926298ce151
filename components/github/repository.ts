import { IssueLabel } from "@pulumi/github/issueLabel.js";
import { RepositoryWebhook } from "@pulumi/github/repositoryWebhook.js";
import * as pulumi from "@pulumi/pulumi";
import { type GitHubSecrets, secretValue, type Within } from "./declared.ts";
import { declareEnvironment } from "./environment.ts";
import { githubProvider } from "./provider.ts";
import { declareProtectedTags, declareRuleset } from "./ruleset.ts";
import type { GitHubSettings, SharedSettings } from "./settings.ts";
import { TOKEN } from "./values.ts";

export interface RepositoryArgs {
  /** What is declared of which repository. */
  readonly settings: GitHubSettings;
  /** The values of the names under `secrets.github`. */
  readonly secrets: GitHubSecrets;
  /** The kubeconfig of the stack's deployer, as a secret. @default - it has none */
  readonly kubeconfig?: pulumi.Output<string> | undefined;
}

/**
 * What a stack declares of a GitHub repository that is there already. Names of resources tell apart what GitHub tells
 * apart: after the kind, everything but the last step of a name is without slashes.
 *
 * What would be lost for others stays when it is no longer declared, or the stack is destroyed (`retainOnDelete`): a
 * label goes from every issue with it, an environment takes its history and others' secrets along, and without its
 * ruleset a branch is open to forced pushes, and a tag to everybody. Nothing is protected from deletion, as none of these ever is. Secrets,
 * variables and webhooks are the stack's own, and go with it: they lead to what is not there any more.
 */
export class Repository extends pulumi.ComponentResource {
  constructor(
    name: string,
    { settings, secrets, kubeconfig }: RepositoryArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("packit:github:Repository", name, {}, opts);
    const [owner = "", repository = ""] = settings.repository.split("/");
    const token = secretValue(secrets, TOKEN);
    const provider = githubProvider(`${name}-provider`, { owner, token }, { parent: this });
    const within = { repository, child: { parent: this, provider } };
    for (const [environment, one] of Object.entries(settings.environments)) {
      const args = { ...within, environment, settings: one, secrets, kubeconfig };
      declareEnvironment(name, args);
    }
    if (settings.shared) this.#declareShared(name, settings.shared, secrets, within);
    this.registerOutputs();
  }

  #declareShared(
    name: string,
    { labels, ruleset, protectedTags, webhooks }: SharedSettings,
    secrets: GitHubSecrets,
    { repository, child }: Within,
  ): void {
    const kept = { ...child, retainOnDelete: true };
    for (const [label, { color, description = "" }] of Object.entries(labels))
      new IssueLabel(`${name}-label/${label}`, { repository, name: label, color, description }, kept);
    if (ruleset) declareRuleset(`${name}-ruleset`, ruleset, { repository, child: kept });
    if (protectedTags.length > 0)
      declareProtectedTags(`${name}-tags`, protectedTags, { repository, child: kept });
    for (const [webhook, { url, events, secret }] of Object.entries(webhooks)) {
      const signed = secret === undefined ? {} : { secret: secretValue(secrets, secret) };
      new RepositoryWebhook(
        `${name}-webhook/${webhook}`,
        { repository, events, configuration: { url, contentType: "json", insecureSsl: false, ...signed } },
        // What GitHub answers holds the secret, too.
        { ...child, additionalSecretOutputs: ["configuration"] },
      );
    }
  }
}
