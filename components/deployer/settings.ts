import { z } from "zod";
import { line, positive, text } from "../../schema/values.ts";

const token = z.strictObject({
  server: text(
    /^https:\/\/[^\s@?#\\/]+\/?$/,
    "the https address of an API server, without path, user, ? or #",
    "https://api.example.com:6443",
  ).describe("Where workflows reach the cluster's API."),
  certificateAuthority: text(
    /^-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s-]+-----END CERTIFICATE-----\s*$/,
    "certificates in PEM, from -----BEGIN CERTIFICATE----- on",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  )
    .optional()
    .describe("Who vouches for that address. Default: the cluster itself, as for its pods."),
  generation: positive
    .max(100)
    .meta({ allowed: "a whole number from 1 to 100", example: 2 })
    .default(1)
    .describe("The next number makes the token anew, and the former one invalid."),
});

const id = (example: number) => z.int().positive().meta({ allowed: "GitHub's own number of it", example });

const oidc = z.strictObject({
  environment: line
    .meta({ example: "prod" })
    .describe("The environment under `github.environments` whose workflows are the deployer."),
  usernamePrefix: line
    .default("github:")
    .describe("What the cluster puts before the subject of a token of GitHub's."),
  ids: z
    .strictObject({
      owner: id(9919).describe("That of the repository's owner."),
      repository: id(1296269).describe("That of the repository."),
    })
    .optional()
    .describe(
      "For a repository whose subjects hold numbers, as those made since 2026. Default: names alone.",
    ),
});

/** Who deploys a stack without being a person. */
export const deployer = z
  .strictObject({
    token: token
      .optional()
      .describe("Make a token that lasts, and a kubeconfig of it, for `kubeconfig` of an environment."),
    oidc: oidc
      .optional()
      .describe(
        "Let workflows in by GitHub's own tokens, where the cluster takes those. Nothing to keep then.",
      ),
  })
  .optional()
  .describe(
    "An account of the cluster that may do what `pulumi up` of this stack needs, and no more; docs/github.md. Default: none.",
  );

export type DeployerSettings = NonNullable<z.output<typeof deployer>>;
