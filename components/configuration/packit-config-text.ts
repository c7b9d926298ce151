import * as pulumi from "@pulumi/pulumi";
import type { Destination } from "../../platform/destination.ts";
import type { Sensitive } from "../../schema/secrets/sensitive.ts";
import type { Passwords } from "../instance/passwords.ts";
import { ownImage } from "../own-images.ts";
import type { Settings } from "../settings.ts";
import { TOKMAN_URL } from "../tokman/settings.ts";
import { fedoraCiKeys } from "./fedora-ci.ts";
import { type ForgeCredentials, packitServiceYaml } from "./packit-service-yaml.ts";

/** The text of packit-service.yaml for pods with and without a cache volume, from the instance's settings. */
export function packitConfigText(
  destination: Destination,
  settings: Settings,
  passwords: Passwords["values"],
) {
  const secrets = pulumi.all({
    webhook_secret: passwords.webhookSecret,
    gitlab_token_secret: passwords.gitlabTokenSecret,
    testing_farm_secret: secret(settings.secrets.testingFarmSecret),
    internal_testing_farm_secret: secret(settings.secrets.internalTestingFarmSecret),
    fas_password: secret(settings.secrets.fasPassword),
    redhat_api_refresh_token: secret(settings.secrets.redhatApiRefreshToken),
    logdetective_token: secret(settings.secrets.logdetectiveToken),
  });
  const forges = pulumi.secret(forgeCredentials(settings));
  return ({ repositoryCache }: { readonly repositoryCache: boolean }): pulumi.Output<string> =>
    pulumi.all([secrets, forges]).apply(([secretKeys, credentials]) =>
      packitServiceYaml({
        deployment: settings.identity.deploymentName ?? settings.deployment,
        serverName: settings.hosts.service,
        dashboardUrl: settings.hosts.dashboard && `https://${settings.hosts.dashboard}`,
        fasUser: settings.identity.fasUser,
        config: { ...settings.packitConfig, ...fedoraCiKeys(settings) },
        forges: credentials,
        secrets: secretKeys,
        sandbox: settings.withSandbox
          ? {
              namespace: settings.sandboxNamespace,
              image: ownImage(settings, "sandbox"),
              storageClass: destination.platform.storageClass,
              appCode: destination.platform.appCode,
            }
          : undefined,
        repositoryCache: repositoryCache && settings.repositoryCache.enabled,
      }),
    );
}

function forgeCredentials({ forges, secrets, withTokman }: Settings): Record<string, ForgeCredentials> {
  const entries = Object.entries(forges).map(([host, { instanceUrl, type, githubApp }]) => {
    const token = secrets.forgeTokens[host]?.reveal();
    const githubAppId = githubApp ? secrets.githubAppId?.reveal() : undefined;
    return [host, { instanceUrl, type, token, githubAppId, tokman: withTokman ? TOKMAN_URL : undefined }];
  });
  return Object.fromEntries(entries);
}

function secret(value: Sensitive | undefined): pulumi.Output<string | undefined> {
  return pulumi.secret(value?.reveal());
}
