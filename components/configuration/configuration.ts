import * as pulumi from "@pulumi/pulumi";
import {
  configMapFiles,
  type FilesArgs,
  foreignSecretFiles,
  type Picked,
  secretFiles,
} from "../../kubernetes/files.ts";
import { servingCertificateName } from "../../kubernetes/public-service.ts";
import type { Destination } from "../../platform/destination.ts";
import { INGRESS_CERTIFICATE } from "../../platform/exposure.ts";
import type { Sensitive } from "../../schema/secrets/sensitive.ts";
import { dumpsToBackups } from "../backup/settings.ts";
import { fedoraToml } from "../fedmsg/fedora-toml.ts";
import type { Passwords } from "../instance/passwords.ts";
import { POSTGRES } from "../postgres/settings.ts";
import { workersWithCache } from "../repository-cache/settings.ts";
import type { Secrets, Settings } from "../settings.ts";
import { VALKEY_PASSWORD_FILE, valkeyPasswordConf } from "../valkey/valkey-conf.ts";
import { centpkgSigConf } from "./centpkg-sig-conf.ts";
import { CLIENT_PROBE } from "./client-probe.ts";
import { noCoprAccount } from "./copr.ts";
import type { Credentials } from "./credentials.ts";
import { oshClientConf } from "./osh-client-conf.ts";
import { packitConfigText } from "./packit-config-text.ts";
import { GITHUB_APP_KEY } from "./packit-service-yaml.ts";
import { sshConfig } from "./ssh-config.ts";

export interface ConfigurationArgs {
  /** Where its objects go. */
  readonly destination: Destination;
  /** All of them: nearly each has its place in some file. */
  readonly settings: Settings;
  /** Whether a part of the stack reads the GitHub App's id. */
  readonly readsAppId: boolean;
  /** The secrets that only this instance knows. */
  readonly passwords: Passwords["values"];
}

/** Where the router shows the certificate, pods need none of the stack's. */
const NO_CERTIFICATE: Pick<Secrets, "tlsCertificate" | "tlsPrivateKey"> = {
  tlsCertificate: undefined,
  tlsPrivateKey: undefined,
};

/** Every file and credential that pods read, each in the Secret or ConfigMap of its readers. */
export class Configuration extends pulumi.ComponentResource implements Credentials {
  /** The certificate and key for the pods of a component that speaks TLS. */
  readonly tls: (component: string) => Picked;
  readonly keytab;
  readonly ssh;
  readonly packit;
  readonly osh;
  readonly probes;
  readonly postgres;
  readonly valkey;
  readonly githubApp;
  readonly centpkgSig;
  readonly sentry;
  readonly aws;

  constructor(
    name: string,
    { destination, settings, passwords, readsAppId }: ConfigurationArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("packit:app:Configuration", name, {}, opts);
    const { secrets, identity, fedoraMessaging } = settings;
    const make = <K extends string>(suffix: string, args: Omit<FilesArgs<K>, "destination">) =>
      secretFiles(`${name}-${suffix}`, { destination, ...args }, { parent: this });

    const { tlsPrivateKey, tlsCertificate } = settings.tls === "passthrough" ? secrets : NO_CERTIFICATE;
    const packitSecrets = make("secrets", {
      name: "packit-secrets",
      data: {
        "privkey.pem": secret(tlsPrivateKey),
        "fullchain.pem": secret(tlsCertificate),
        "fedora.keytab": secret(secrets.keytab),
      },
      binary: ["fedora.keytab"],
    });
    this.keytab = packitSecrets.pick("fedora.keytab");
    this.tls = (component) =>
      settings.tls === "passthrough"
        ? packitSecrets.pick("privkey.pem", "fullchain.pem")
        : foreignSecretFiles(servingCertificateName(component), {
            "tls.crt": "fullchain.pem",
            "tls.key": "privkey.pem",
          });
    if (destination.platform.exposure.by === "ingress") {
      make("ingress", {
        name: INGRESS_CERTIFICATE,
        type: "kubernetes.io/tls",
        data: { "tls.crt": secret(tlsCertificate), "tls.key": secret(tlsPrivateKey) },
      });
    }

    this.ssh = make("ssh", {
      name: "packit-ssh",
      data: { id_ed25519: secret(secrets.sshPrivateKey), config: sshConfig(identity) },
    });

    const text = packitConfigText(destination, settings, passwords);
    this.packit = make("packit", {
      name: "packit-config",
      data: {
        "packit-service.yaml": text({ repositoryCache: false }),
        "packit-service-with-cache.yaml": hasCaches(settings) ? text({ repositoryCache: true }) : undefined,
        copr: secret(secrets.copr) ?? noCoprAccount(),
        "fedora.toml": settings.withFedmsg
          ? passwords.fedoraMessagingQueue.apply((queue) => fedoraToml({ ...fedoraMessaging, queue }))
          : undefined,
      },
    });

    this.osh = configMapFiles(
      `${name}-osh`,
      { destination, name: "osh-config", data: { "client.conf": oshClientConf() } },
      { parent: this },
    );

    this.probes = configMapFiles(
      `${name}-probes`,
      { destination, name: "packit-probes", data: { "client.py": CLIENT_PROBE } },
      { parent: this },
    );

    this.postgres = make("postgres", {
      name: "postgres-secret",
      data: {
        "database-user": settings.postgres.user,
        "database-password": passwords.postgresPassword,
        "database-host": POSTGRES.host,
        "database-name": settings.postgres.database,
      },
    });

    this.valkey = make("valkey", {
      name: "valkey",
      data: {
        password: passwords.valkeyPassword,
        [VALKEY_PASSWORD_FILE]: passwords.valkeyPassword.apply((password) =>
          valkeyPasswordConf({ password }),
        ),
      },
    });

    const { githubAppId, githubAppPrivateKey, sentryDsn, awsAccessKeyId, awsSecretAccessKey } = secrets;
    const gitlabToken = secrets.forgeTokens["gitlab.com"];

    this.githubApp =
      githubAppPrivateKey &&
      make("github-app", {
        name: "github-app-private-key",
        data: {
          [GITHUB_APP_KEY.file]: secret(githubAppPrivateKey),
          "app-id": readsAppId ? secret(githubAppId) : undefined,
        },
      });
    this.centpkgSig =
      gitlabToken &&
      make("centpkg-sig", {
        name: "centpkg-sig",
        data: {
          "centpkg-sig.conf": secret(gitlabToken).apply((token) => centpkgSigConf({ gitlabToken: token })),
        },
      });
    this.sentry = sentryDsn && make("sentry", { name: "sentry", data: { dsn: secret(sentryDsn) } });
    const isRead = settings.withBackup || dumpsToBackups(settings);
    this.aws =
      isRead && awsAccessKeyId && awsSecretAccessKey
        ? make("aws", {
            name: "aws",
            data: {
              "access-key-id": secret(awsAccessKeyId),
              "secret-access-key": secret(awsSecretAccessKey),
            },
          })
        : undefined;
    this.registerOutputs();
  }
}

function hasCaches(settings: Settings): boolean {
  return workersWithCache(settings).length > 0;
}

function secret(value: Sensitive): pulumi.Output<string>;
function secret(value: Sensitive | undefined): pulumi.Output<string> | undefined;
function secret(value: Sensitive | undefined): pulumi.Output<string> | undefined {
  return value && pulumi.secret(value.reveal());
}
