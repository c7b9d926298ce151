import type { GitHubSettings } from "./settings.ts";
import { TOKEN } from "./values.ts";

/** The names under `secrets.github` that a stack asks for, each with what it is for. */
export function githubSecrets(github: GitHubSettings | undefined): Readonly<Record<string, string>> {
  if (github === undefined) return {};
  const { repository, environments, shared } = github;
  const ofEnvironments = Object.entries(environments).flatMap(([environment, { secrets }]) =>
    Object.entries(secrets).map(([name, key]) => [
      key,
      `the secret ${name} of the environment ${environment}`,
    ]),
  );
  const ofWebhooks = Object.entries(shared?.webhooks ?? {}).flatMap(([name, { secret }]) =>
    secret === undefined ? [] : [[secret, `the secret of the webhook ${name}`]],
  );
  return Object.fromEntries([
    [TOKEN, `a token that may administer ${repository}, which GITHUB_TOKEN may hold instead`],
    ...ofWebhooks,
    ...ofEnvironments,
  ]);
}
