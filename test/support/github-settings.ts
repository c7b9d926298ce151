import { MARK } from "./marks.ts";

/** A secret of each kind that GitHub is given, marked, by its name under `packit:secrets.github`. */
export const GITHUB_SECRETS = {
  token: `${MARK}-github-token`,
  passphrase: `${MARK}-passphrase`,
  appKey: `-----BEGIN RSA PRIVATE KEY-----\n${MARK}-key\n-----END RSA PRIVATE KEY-----\n`,
  hook: `${MARK}-hook`,
};

/** Everything that a stack can declare of GitHub, with the deployer that it is for. */
export const GITHUB = {
  secrets: { github: GITHUB_SECRETS },
  deployer: {
    token: { server: "https://api.example.com:6443" },
    oidc: { environment: "stage" },
  },
  github: {
    repository: "packit/deployment",
    environments: {
      stage: {
        reviewers: { users: { one: 11, two: 12 }, teams: { packit: 21 } },
        preventSelfReview: true,
        branches: ["main", "release/*"],
        tags: ["v*"],
        variables: { PULUMI_STACK: "stage" },
        secrets: { PULUMI_CONFIG_PASSPHRASE: "passphrase", APP_KEY: "appKey" },
        kubeconfig: "KUBECONFIG",
      },
      "stage-preview": { branches: ["main"], secrets: { PULUMI_CONFIG_PASSPHRASE: "passphrase" } },
    },
    shared: {
      labels: {
        bug: { color: "d73a4a", description: "Something is broken" },
        "kind/new: part": { color: "0e8a16" },
      },
      ruleset: {
        checks: [{ context: "test", app: 15368 }, { context: "lint" }],
        approvals: 2,
        upToDate: true,
      },
      protectedTags: ["v*"],
      webhooks: {
        stage: { url: "https://stg.packit.dev/api/webhooks/github", events: ["push"], secret: "hook" },
        bare: { url: "https://example.com", events: ["issues", "label"] },
      },
    },
  },
} as const;
