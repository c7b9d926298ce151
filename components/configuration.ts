import * as pulumi from "@pulumi/pulumi";
import { centpkgSigConf } from "../files/centpkg-sig-conf.ts";
import { fedoraToml } from "../files/fedora-toml.ts";
import { oshClientConf } from "../files/osh-client-conf.ts";
import { GITHUB_APP_KEY } from "../files/packit-service-yaml.ts";
import { sshConfig } from "../files/ssh-config.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Sensitive } from "../settings/sensitive.ts";
import { configMapFiles, secretFiles } from "./files.ts";
import { packitConfigText } from "./packit-config-text.ts";
import type { Passwords } from "./passwords.ts";
import { POSTGRES_HOST } from "./postgres.ts";

export interface ConfigurationArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** All of them: nearly each has its place in some file. */
  readonly settings: Settings;
  /** The secrets that only this instance knows. */
  readonly passwords: Passwords["values"];
}

/** The account that Flower's page asks for. */
const FLOWER_USER = "flower-boss";

/** Every file and credential that pods read, each in the Secret or ConfigMap of its readers. */
export class Configuration extends pulumi.ComponentResource {
  readonly tls;
  readonly keytab;
  readonly ssh;
  readonly packit;
  readonly osh;
  readonly postgres;
  readonly githubApp;
  readonly centpkgSig;
  readonly sentry;
  readonly aws;

  constructor(
    name: string,
    { site, settings, passwords }: ConfigurationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("packit:app:Configuration", name, {}, opts);
    const { secrets, identity, fedoraMessaging } = settings;
    const child = { parent: this };

    const packitSecrets = secretFiles(
      `${name}-secrets`,
      {
        site,
        name: "packit-secrets",
        data: {
          "privkey.pem": secret(secrets.tlsPrivateKey),
          "fullchain.pem": secret(secrets.tlsCertificate),
          "fedora.keytab": secret(secrets.keytab),
        },
        binary: ["fedora.keytab"],
      },
      child,
    );
    this.tls = packitSecrets.pick("privkey.pem", "fullchain.pem");
    this.keytab = packitSecrets.pick("fedora.keytab");

    this.ssh = secretFiles(
      `${name}-ssh`,
      {
        site,
        name: "packit-ssh",
        data: { id_ed25519: secret(secrets.sshPrivateKey), config: sshConfig(identity) },
      },
      child,
    );

    const text = packitConfigText(site, settings, passwords);
    this.packit = secretFiles(
      `${name}-packit`,
      {
        site,
        name: "packit-config",
        data: {
          "packit-service.yaml": text({ repositoryCache: false }),
          "packit-service-with-cache.yaml": text({ repositoryCache: true }),
          copr: secret(secrets.copr),
          "fedora.toml": passwords.fedoraMessagingQueue.apply((queue) =>
            fedoraToml({ ...fedoraMessaging, queue }),
          ),
        },
      },
      child,
    );

    this.osh = configMapFiles(
      `${name}-osh`,
      { site, name: "osh-config", data: { "client.conf": oshClientConf() } },
      child,
    );

    this.postgres = secretFiles(
      `${name}-postgres`,
      {
        site,
        name: "postgres-secret",
        data: {
          "database-user": settings.postgres.user,
          "database-password": passwords.postgresPassword,
          "database-host": POSTGRES_HOST,
          "database-name": settings.postgres.database,
        },
      },
      child,
    );

    secretFiles(
      `${name}-flower`,
      { site, name: "flower", data: { user: FLOWER_USER, password: passwords.flowerPassword } },
      child,
    );

    const { githubAppPrivateKey, sentryDsn, awsAccessKeyId, awsSecretAccessKey } = secrets;
    const gitlabToken = secrets.forgeTokens["gitlab.com"];

    this.githubApp =
      githubAppPrivateKey &&
      secretFiles(
        `${name}-github-app`,
        {
          site,
          name: "github-app-private-key",
          data: { [GITHUB_APP_KEY.file]: secret(githubAppPrivateKey) },
        },
        child,
      );
    this.centpkgSig =
      gitlabToken &&
      secretFiles(
        `${name}-centpkg-sig`,
        {
          site,
          name: "centpkg-sig",
          data: {
            "centpkg-sig.conf": secret(gitlabToken).apply((token) => centpkgSigConf({ gitlabToken: token })),
          },
        },
        child,
      );
    this.sentry =
      sentryDsn &&
      secretFiles(`${name}-sentry`, { site, name: "sentry", data: { dsn: secret(sentryDsn) } }, child);
    this.aws =
      awsAccessKeyId &&
      awsSecretAccessKey &&
      secretFiles(
        `${name}-aws`,
        {
          site,
          name: "aws",
          data: { "access-key-id": secret(awsAccessKeyId), "secret-access-key": secret(awsSecretAccessKey) },
        },
        child,
      );
    this.registerOutputs();
  }
}

function secret(value: Sensitive): pulumi.Output<string> {
  return pulumi.secret(value.reveal());
}
