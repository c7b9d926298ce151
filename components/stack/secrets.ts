import { type DecidingSettings, secret } from "../../schema/secrets/spec.ts";

const withApp = {
  isNeeded: (settings: DecidingSettings | undefined) =>
    // The schema makes forges that.
    Object.values((settings?.forges ?? {}) as Readonly<Record<string, { readonly githubApp: boolean }>>).some(
      ({ githubApp }) => githubApp,
    ),
  neededIf: "if a forge uses the GitHub App",
  decidedBy: ["forges", "role"],
};

const withOwnCertificate = {
  isNeeded: (settings: DecidingSettings | undefined) => settings?.tls === "passthrough",
  neededIf: "if `tls` is `passthrough`",
  decidedBy: ["tls"],
};

/** The secrets of the whole instance: of its hosts, its account, and what it asks in its name. */
export const coreSecrets = {
  tlsCertificate: secret(
    "when",
    "the certificate chain of the hosts (fullchain.pem)",
    "certificate",
    withOwnCertificate,
  ),
  tlsPrivateKey: secret("when", "the key of that certificate (privkey.pem)", "tlsPrivateKey", {
    ...withOwnCertificate,
    pair: "tlsCertificate",
  }),
  keytab: secret("always", "the Kerberos keytab of the Fedora account, base64", "keytab"),
  sshPrivateKey: secret("always", "the SSH key of the Fedora account (id_ed25519)", "sshPrivateKey"),
  copr: secret("when", "Copr's API token, the file that copr.fedorainfracloud.org/api shows", "copr", {
    isNeeded: (settings) => settings?.role !== "fedora-ci",
    neededIf: "if `role` is `packit`",
    decidedBy: ["role"],
  }),
  testingFarmSecret: secret("always", "Testing Farm's API token"),
  githubAppId: secret("when", "the GitHub App's id", "digits", withApp),
  githubAppPrivateKey: secret("when", "the GitHub App's key (private-key.pem)", "rsaPrivateKey", {
    ...withApp,
    pair: "githubAppId",
  }),
  fasPassword: secret("optional", "the Fedora account's password", "text"),
  internalTestingFarmSecret: secret("optional", "the internal Testing Farm's API token"),
  redhatApiRefreshToken: secret("optional", "Image Builder's refresh token"),
  logdetectiveToken: secret("optional", "Log Detective's token"),
  sentryDsn: secret("optional", "Sentry's DSN", "sentryDsn"),
  webhookSecret: secret("generated", "the GitHub App's webhook secret", "text", { resource: "webhook" }),
  gitlabTokenSecret: secret("generated", "the key that signs the tokens of GitLab's webhooks", "text", {
    resource: "gitlab-token",
  }),
};
