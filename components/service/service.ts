import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import type { ContainerArgs } from "../../kubernetes/container.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import { clientProbe, clientProbeMount } from "../configuration/client-probe.ts";
import { commonEnvironment, databaseEnvironment, distGitEnvironment } from "../configuration/environment.ts";
import { centpkgSigMount, githubAppMount } from "../configuration/mounts.ts";
import { switchEnvironment } from "../configuration/upstream-switches.ts";
import { SYSLOG_HOST } from "../log-forwarder/settings.ts";
import { migrationContainer } from "../migration/migration.ts";
import type { MigrationSettings } from "../migration/settings.ts";
import type { PartArgs } from "../part-args.ts";
import type { Database } from "../postgres/database.ts";
import { DATABASE_ANNOTATION } from "../postgres/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { migratesInPods, API as NAME, API_PORT as PORT, type ServiceSettings } from "./settings.ts";

export interface ServiceArgs extends PartArgs<CoreSettings & ServiceSettings & MigrationSettings> {
  /** Containers that run beside the API's. */
  readonly sidecars: readonly ContainerArgs[];
  /** Its database: pods that keep connections are replaced after it. */
  readonly database: Pick<Database, "podDigest">;
}

/** The largest webhook that GitHub sends, 25 MB. */
const WEBHOOK = "25m";

/** The API: it takes the forges' webhooks and queues tasks for the workers. TLS ends in its pods. */
export class Service extends pulumi.ComponentResource {
  /** Where the API answers. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Service", name, {}, opts);
    const { destination, settings, sidecars } = args;
    const child = { parent: this };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "rolling",
        spread: true,
        annotations: { [DATABASE_ANNOTATION]: args.database.podDigest },
        containers: [api(args), ...sidecars],
        // New images that get in by themselves bring their migrations with them.
        ...(migratesInPods(settings) && { initContainers: [migrationContainer(args)] }),
        nodeSelector: settings.service.nodeSelector,
      },
      childOptions(this, opts),
    );
    const host = settings.hosts.service;
    const port = { name: `${settings.deployment}-packit`, port: 443, targetPort: PORT };
    const open = { host, port, pods: "tls", largestBody: WEBHOOK } as const;
    publicService(name, { destination, component: NAME, ...open }, child);
    this.url = pulumi.output(`https://${host}/api/`);
    this.registerOutputs({ url: this.url });
  }
}

function api({ settings, configuration, image }: ServiceArgs): ContainerArgs {
  const answers = { exec: { command: healthCheck(settings.hosts.service) }, timeoutSeconds: 10 };
  return {
    name: NAME,
    image: image(NAME),
    command: ["/usr/bin/run_httpd.sh"],
    ports: [PORT],
    env: {
      ...commonEnvironment(settings, configuration),
      ...distGitEnvironment(settings),
      ...databaseEnvironment(configuration),
      ...switchEnvironment(settings.upstreamSwitches, "api"),
      SYSLOG_HOST,
    },
    ephemeralStorage: "300Ki",
    mounts: [
      {
        name: "credentials",
        path: "/secrets",
        readOnly: true,
        from: { files: [configuration.tls(NAME), configuration.keytab] },
      },
      {
        name: "home-config",
        path: "/home/packit/.config",
        readOnly: true,
        from: { files: [configuration.packit.pick("packit-service.yaml", "copr")] },
      },
      ...githubAppMount(configuration),
      ...centpkgSigMount(configuration),
      clientProbeMount(configuration),
    ],
    startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 60 },
    // Its processes are renewed every eight hours, and then take a while to answer. 0.1 s of CPU each.
    livenessProbe: { ...clientProbe(["api", NAME, PORT], 120), periodSeconds: 60, failureThreshold: 3 },
    readinessProbe: { ...answers, periodSeconds: 10, failureThreshold: 9 },
  };
}

/** The API refuses requests for any other host, by TLS's server name and by HTTP's; a probe of the kubelet has neither. */
function healthCheck(host: string): string[] {
  const options = [
    "--silent",
    "--show-error",
    "--fail",
    "--insecure",
    "--max-time",
    "8",
    "--output",
    "/dev/null",
  ];
  return ["curl", ...options, "--connect-to", `${host}:443:127.0.0.1:${PORT}`, `https://${host}/api/healthz`];
}
