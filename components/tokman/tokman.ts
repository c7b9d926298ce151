import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { configMapFiles } from "../../kubernetes/files.ts";
import { serviceObject } from "../../kubernetes/service.ts";
import { volumeClaim } from "../../kubernetes/volume-claim.ts";
import { TOKMAN_STORAGE } from "../../settings/footprint.ts";
import { GITHUB_APP_KEY } from "../configuration/packit-service-yaml.ts";
import type { PartArgs } from "../part.ts";
import { TOKMAN_DATA, tokmanConfig } from "./config.ts";

export type TokmanArgs = PartArgs<"tokman">;

const NAME = "tokman";
const PORT = 8000;

/** Tokman, which makes tokens of the GitHub App and keeps them while they are valid. */
export class Tokman extends pulumi.ComponentResource {
  constructor(name: string, args: TokmanArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Tokman", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const { githubApp, sentry } = configuration;
    const child = { parent: this };
    const privateKey = `/secrets/${GITHUB_APP_KEY.file}`;
    const config = configMapFiles(
      `${name}-config`,
      { site, name: "tokman-config", data: { "config.py": tokmanConfig({ privateKey }) } },
      child,
    );
    const claim = volumeClaim(
      `${name}-data`,
      { site, name: "access-tokens-pvc", size: TOKMAN_STORAGE },
      child,
    );
    const healthy = { httpGet: { path: "/api/health", port: PORT } };
    deployment(
      name,
      {
        site,
        component: NAME,
        // The volume is for one pod at a time.
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image,
            ports: [PORT],
            env: {
              DEPLOYMENT: settings.deployment,
              LOG_LEVEL: "DEBUG",
              WORKERS: "1",
              TOKMAN_CONFIG: "/etc/config/config.py",
              BIND_ADDR: `0.0.0.0:${PORT}`,
              GITHUB_APP_ID: githubApp && { from: githubApp, key: "app-id" },
              SENTRY_SECRET: sentry && { from: sentry, key: "dsn" },
            },
            resources: settings.tokman.resources,
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
      after(this, opts),
    );
    const port = { name: NAME, port: 80, targetPort: PORT };
    serviceObject(`${name}-service`, { site, name: NAME, component: NAME, port }, child);
    this.registerOutputs();
  }
}
