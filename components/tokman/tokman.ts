import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { configMapFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import { volumeClaim } from "../../kubernetes/volume-claim.ts";
import { GITHUB_APP_KEY } from "../configuration/packit-service-yaml.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { TOKMAN_DATA, tokmanConfig } from "./config.ts";
import { TOKMAN_PORT, type TokmanSettings } from "./settings.ts";

type TokmanArgs = PartArgs<CoreSettings & TokmanSettings>;

const NAME = "tokman";

/** Tokman, which makes tokens of the GitHub App and keeps them while they are valid. */
export class Tokman extends pulumi.ComponentResource {
  constructor(name: string, args: TokmanArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Tokman", name, {}, opts);
    const { destination, settings, configuration } = args;
    const { githubApp, sentry } = configuration;
    const child = { parent: this };
    const privateKey = `/secrets/${GITHUB_APP_KEY.file}`;
    const config = configMapFiles(
      `${name}-config`,
      { destination, name: "tokman-config", data: { "config.py": tokmanConfig({ privateKey }) } },
      child,
    );
    const claim = volumeClaim(`${name}-data`, { destination, ...args.claim("access-tokens-pvc") }, child);
    const healthy = { httpGet: { path: "/api/health", port: TOKMAN_PORT } };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        // The volume is for one pod at a time.
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image: args.image("tokman"),
            ports: [TOKMAN_PORT],
            env: {
              DEPLOYMENT: settings.deployment,
              LOG_LEVEL: "DEBUG",
              WORKERS: "1",
              TOKMAN_CONFIG: "/etc/config/config.py",
              BIND_ADDR: `0.0.0.0:${TOKMAN_PORT}`,
              GITHUB_APP_ID: githubApp && { from: githubApp, key: "app-id" },
              SENTRY_SECRET: sentry && { from: sentry, key: "dsn" },
            },
            mounts: [
              ...(githubApp
                ? [
                    {
                      name: "github-app",
                      path: "/secrets",
                      readOnly: true,
                      from: { files: [githubApp.pick(GITHUB_APP_KEY.file)] },
                    },
                  ]
                : []),
              {
                name: "settings",
                path: "/etc/config",
                readOnly: true,
                from: { files: [config.pick("config.py")] },
              },
              { name: "tokens", path: TOKMAN_DATA, from: { claim: claim.metadata.name } },
            ],
            startupProbe: { ...healthy, timeoutSeconds: 10, periodSeconds: 10, failureThreshold: 12 },
            livenessProbe: { ...healthy, timeoutSeconds: 2, periodSeconds: 20 },
            readinessProbe: { ...healthy, timeoutSeconds: 2, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.tokman.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: NAME, port: 80, targetPort: TOKMAN_PORT };
    serviceObject(`${name}-service`, { destination, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
