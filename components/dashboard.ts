import * as pulumi from "@pulumi/pulumi";
import { after } from "./after.ts";
import { deployment } from "./deployment.ts";
import type { PartArgs } from "./part.ts";
import { publicService } from "./public-service.ts";

export type DashboardArgs = PartArgs<"dashboard" | "hosts">;

const NAME = "packit-dashboard";

/** The dashboard: pages that show what the API knows. TLS ends in its pods. */
export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Dashboard", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const { sentry } = configuration;
    const child = { parent: this };
    // It refuses requests for any host but the one that it derives from DEPLOYMENT.
    const listens = { tcpSocket: { port: 8443 } };
    deployment(
      name,
      {
        site,
        component: NAME,
        replicas: settings.dashboard.replicas,
        strategy: "rolling",
        containers: [
          {
            name: NAME,
            image,
            ports: [8443],
            env: {
              DEPLOYMENT: settings.deployment,
              VITE_SENTRY_DSN: sentry && { from: sentry, key: "dsn" },
            },
            resources: settings.dashboard.resources,
            mounts: [
              {
                name: "credentials",
                path: "/secrets",
                readOnly: true,
                from: { files: [configuration.tls(NAME)] },
              },
            ],
            startupProbe: { ...listens, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...listens, periodSeconds: 20 },
            readinessProbe: { ...listens, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.dashboard.nodeSelector,
      },
      after(this, opts),
    );
    const port = { name: "packit-dashboard-https", port: 443, targetPort: 8443 };
    publicService(name, { site, component: NAME, host: settings.hosts.dashboard, port, pods: "tls" }, child);
    this.registerOutputs();
  }
}
