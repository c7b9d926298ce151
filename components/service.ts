import * as pulumi from "@pulumi/pulumi";
import type { FollowedImage } from "../platform/image-stream.ts";
import { route } from "../platform/route.ts";
import type { Site } from "../platform/site.ts";
import type { Settings } from "../settings/load.ts";
import type { Configuration } from "./configuration.ts";
import { deployment } from "./deployment.ts";
import { commonEnvironment, databaseEnvironment, distGitEnvironment } from "./environment.ts";
import { centpkgSigMount, githubAppMount } from "./mounts.ts";
import { serviceObject } from "./service-object.ts";

export interface ServiceArgs {
  readonly site: Site;
  readonly settings: Settings;
  readonly configuration: Configuration;
  readonly image: FollowedImage;
}

const NAME = "packit-service";

/** The API: it takes the forges' webhooks and queues tasks for the workers. TLS ends in its pods. */
export class Service extends pulumi.ComponentResource {
  /** Where the API answers. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Service", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const child = { parent: this };
    deployment(
      `${name}-deployment`,
      {
        site,
        component: NAME,
        replicas: settings.service.replicas,
        workloadAnnotations: image.triggers(NAME),
        image: image.reference,
        command: ["/usr/bin/run_httpd.sh"],
        ports: [8443],
        env: {
          ...commonEnvironment(settings, configuration),
          ...distGitEnvironment(settings),
          ...databaseEnvironment(configuration),
          SYSLOG_HOST: "127.0.0.1",
        },
        resources: settings.service.resources,
        ephemeralStorage: "300Ki",
        mounts: [
          {
            name: "packit-secrets",
            path: "/secrets",
            readOnly: true,
            from: { files: [configuration.tls, configuration.keytab] },
          },
          {
            name: "packit-config",
            path: "/home/packit/.config",
            readOnly: true,
            from: { files: [configuration.packit.pick("packit-service.yaml", "copr")] },
          },
          ...githubAppMount(configuration),
          ...centpkgSigMount(configuration),
        ],
        nodeSelector: settings.service.nodeSelector,
      },
      { ...child, ...image.resourceOptions, ...(opts?.dependsOn && { dependsOn: opts.dependsOn }) },
    );
    const port = { name: `${settings.deployment}-packit`, port: 443, targetPort: 8443 };
    serviceObject(`${name}-service`, { site, name: NAME, component: NAME, port }, child);
    const host = settings.hosts.service;
    route(`${name}-route`, { site, name: NAME, host, port: port.name }, child);
    this.url = pulumi.output(`https://${host}/api/`);
    this.registerOutputs({ url: this.url });
  }
}
