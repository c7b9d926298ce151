import type { SecretForm } from "./form.ts";

/** What is known of one external secret: what it is for, and how its value looks. */
export interface SecretSpec {
  readonly purpose: string;
  readonly form: SecretForm;
  /**
   * `always`: no instance runs without it. A condition: needed while it holds. `optional`: may be left out, with the
   * reason. `generated`: made by the program unless given, as for an instance that is taken over.
   */
  readonly needed: "always" | Condition | "optional" | "generated";
  /** The condition under which an optional one may not be left out. */
  readonly neededWith?: Condition;
}

/** What a stack does that not every stack does, and that needs secrets of its own. */
export type Condition = "githubApp" | "copr" | "ownCertificate" | "fluentd" | "backup";

const spec = <N extends Needed>(needed: N, purpose: string, form: SecretForm = "token") => ({
  needed,
  purpose,
  form,
});

/** Every secret that a stack may be given under `packit:secrets`, but for the forges' tokens. */
export const CATALOGUE = {
  tlsCertificate: spec("ownCertificate", "the certificate chain of the hosts (fullchain.pem)", "certificate"),
  tlsPrivateKey: spec("ownCertificate", "the key of that certificate (privkey.pem)", "tlsPrivateKey"),
  keytab: spec("always", "the Kerberos keytab of the Fedora account, base64", "keytab"),
  sshPrivateKey: spec("always", "the SSH key of the Fedora account (id_ed25519)", "sshPrivateKey"),
  copr: spec("copr", "Copr's API token, the file that copr.fedorainfracloud.org/api shows", "copr"),
  testingFarmSecret: spec("always", "Testing Farm's API token"),
  githubAppId: spec("githubApp", "the GitHub App's id", "digits"),
  githubAppPrivateKey: spec("githubApp", "the GitHub App's key (private-key.pem)", "rsaPrivateKey"),
  fasPassword: spec("optional", "the Fedora account's password", "text"),
  internalTestingFarmSecret: spec("optional", "the internal Testing Farm's API token"),
  redhatApiRefreshToken: spec("optional", "Image Builder's refresh token"),
  logdetectiveToken: spec("optional", "Log Detective's token"),
  sentryDsn: spec("optional", "Sentry's DSN", "sentryDsn"),
  awsAccessKeyId: {
    ...spec("optional", "the S3 key id of the database's backups", "word"),
    neededWith: "backup",
  },
  awsSecretAccessKey: { ...spec("optional", "the S3 key of the database's backups"), neededWith: "backup" },
  splunkToken: spec("fluentd", "the token of Splunk's HTTP event collector"),
  webhookSecret: spec("generated", "the GitHub App's webhook secret", "text"),
  gitlabTokenSecret: spec("generated", "the key that signs the tokens of GitLab's webhooks", "text"),
  postgresPassword: spec("generated", "PostgreSQL's password", "word"),
  valkeyPassword: spec("generated", "Valkey's password", "word"),
  flowerPassword: spec("generated", "Flower's password", "word"),
  redisCommanderPassword: spec("generated", "Redis Commander's password", "text"),
  fedoraMessagingQueue: spec("generated", "the UUID of the queue on Fedora's message bus", "uuid"),
} as const;

export type SecretName = keyof typeof CATALOGUE;

type Needed = SecretSpec["needed"];

/** The names of the secrets that are needed in a certain way. */
export type NamesNeeded<N extends Needed> = {
  [K in SecretName]: (typeof CATALOGUE)[K]["needed"] extends N ? K : never;
}[SecretName];

/** Secrets that are of use only together: both are given, or none of them. */
export const PAIRS = [
  ["tlsCertificate", "tlsPrivateKey"],
  ["githubAppId", "githubAppPrivateKey"],
  ["awsAccessKeyId", "awsSecretAccessKey"],
] as const satisfies readonly (readonly [SecretName, SecretName])[];

/** Object.keys with the catalogue's own type. */
export const SECRET_NAMES = Object.keys(CATALOGUE) as SecretName[];

/** A value for each of the secrets that are generated unless they are given. */
export function perGenerated<T>(
  make: (name: NamesNeeded<"generated">) => T,
): Record<NamesNeeded<"generated">, T> {
  const names = SECRET_NAMES.filter((name) => CATALOGUE[name].needed === "generated");
  // The filter leaves exactly the names that the type has.
  return Object.fromEntries(names.map((name) => [name, make(name as NamesNeeded<"generated">)])) as Record<
    NamesNeeded<"generated">,
    T
  >;
}
