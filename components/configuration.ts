import * as pulumi from "@pulumi/pulumi";
import { centpkgSigConf } from "../files/centpkg-sig-conf.ts";
import { fedoraToml } from "../files/fedora-toml.ts";
import { oshClientConf } from "../files/osh-client-conf.ts";
import { GITHUB_APP_KEY } from "../files/packit-service-yaml.ts";
import { sshConfig } from "../files/ssh-config.ts";
import { VALKEY_PASSWORD_FILE, valkeyPasswordConf } from "../files/valkey-conf.ts";
import { INGRESS_CERTIFICATE } from "../platform/exposure.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Secrets } from "../settings/secrets.ts";
import type { Sensitive } from "../settings/sensitive.ts";
import { cachedWorkers } from "../settings/worker-pools.ts";
import { POSTGRES_HOST } from "./database.ts";
import { configMapFiles, foreignSecretFiles, type Picked, secretFiles } from "./files.ts";
import { packitConfigText } from "./packit-config-text.ts";
import type { Passwords } from "./passwords.ts";
import { servingCertificateName } from "./public-service.ts";

export interface ConfigurationArgs {
  /** Where its objects go. */
  readonly site: Site;
  /** All of them: nearly each has its place in some file. */
  readonly settings: Settings;
  /** The secrets that only this instance knows. */
  readonly passwords: Passwords["values"];
}

/** Where the router shows the certificate, pods need none of the stack's. */
const NO_CERTIFICATE: Pick<Secrets, "tlsCertificate" | "tlsPrivateKey"> = {
  tlsCertificate: undefined,
  tlsPrivateKey: undefined,
};

/** Every file and credential that pods read, each in the Secret or ConfigMap of its readers. */
export class Configuration extends pulumi.ComponentResource {
  /** The certificate and key for the pods of a component that speaks TLS. */
  readonly tls: (component: string) => Picked;
  readonly keytab;
  readonly ssh;
  readonly packit;
  readonly osh;
  readonly postgres;
  readonly valkey;
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

    const certificate = settings.tls === "passthrough" ? settings.secrets : NO_CERTIFICATE;
    const packitSecrets = secretFiles(
      `${name}-secrets`,
      {
        site,
        name: "packit-secrets",
        data: {
          "privkey.pem": certificate.tlsPrivateKey && secret(certificate.tlsPrivateKey),
          "fullchain.pem": certificate.tlsCertificate && secret(certificate.tlsCertificate),
          "fedora.keytab": secret(secrets.keytab),
        },
        binary: ["fedora.keytab"],
      },
      child,
    );
    this.tls = (component) =>
      settings.tls === "passthrough"
        ? packitSecrets.pick("privkey.pem", "fullchain.pem")
        : foreignSecretFiles(servingCertificateName(component), {
            "tls.crt": "fullchain.pem",
            "tls.key": "privkey.pem",
          });
    this.keytab = packitSecrets.pick("fedora.keytab");
    if (site.platform.exposure.by === "ingress") {
      const { tlsCertificate, tlsPrivateKey } = certificate;
      secretFiles(
        `${name}-ingress`,
        {
          site,
          name: INGRESS_CERTIFICATE,
          type: "kubernetes.io/tls",
          data: {
            "tls.crt": tlsCertificate && secret(tlsCertificate),
            "tls.key": tlsPrivateKey && secret(tlsPrivateKey),
          },
        },
        child,
      );
    }

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
          "packit-service-with-cache.yaml": hasCaches(settings) ? text({ repositoryCache: true }) : undefined,
          copr: secret(secrets.copr),
          "fedora.toml": settings.withFedmsg
            ? passwords.fedoraMessagingQueue.apply((queue) => fedoraToml({ ...fedoraMessaging, queue }))
            : undefined,
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

    this.valkey = secretFiles(
      `${name}-valkey`,
      {
        site,
        name: "valkey",
        data: {
          password: passwords.valkeyPassword,
          [VALKEY_PASSWORD_FILE]: passwords.valkeyPassword.apply((password) =>
            valkeyPasswordConf({ password }),
          ),
        },
      },
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
          data: {
            [GITHUB_APP_KEY.file]: secret(githubAppPrivateKey),
            "app-id": settings.withTokman && secrets.githubAppId ? secret(secrets.githubAppId) : undefined,
          },
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

function hasCaches({ repositoryCache, workers }: Settings): boolean {
  return repositoryCache.enabled && cachedWorkers(workers).length > 0;
}

function secret(value: Sensitive): pulumi.Output<string> {
  return pulumi.secret(value.reveal());
}
