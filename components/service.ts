import * as pulumi from "@pulumi/pulumi";
import { route } from "../platform/route.ts";
import { deployment } from "./deployment.ts";
import { commonEnvironment, databaseEnvironment, distGitEnvironment } from "./environment.ts";
import { centpkgSigMount, githubAppMount } from "./mounts.ts";
import { type PartArgs, workloadOptions } from "./part.ts";
import { serviceObject } from "./service-object.ts";

export type ServiceArgs = PartArgs<"service" | "distGit" | "hosts">;

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
            name: "credentials",
            path: "/secrets",
            readOnly: true,
            from: { files: [configuration.tls, configuration.keytab] },
          },
          {
            name: "home-config",
            path: "/home/packit/.config",
            readOnly: true,
            from: { files: [configuration.packit.pick("packit-service.yaml", "copr")] },
          },
          ...githubAppMount(configuration),
          ...centpkgSigMount(configuration),
        ],
        nodeSelector: settings.service.nodeSelector,
      },
      workloadOptions(this, image, opts),
    );
    const port = { name: `${settings.deployment}-packit`, port: 443, targetPort: 8443 };
    serviceObject(`${name}-service`, { site, name: NAME, component: NAME, port }, child);
    const host = settings.hosts.service;
    route(`${name}-route`, { site, name: NAME, host, port: port.name }, child);
    this.url = pulumi.output(`https://${host}/api/`);
    this.registerOutputs({ url: this.url });
  }
}
