import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { configMapFiles, type Picked, secretFiles } from "../../kubernetes/files.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import { FLOWER_USER } from "../flower/flower.ts";
import type { PartArgs } from "../part.ts";
import { htpasswd } from "./htpasswd.ts";
import { HTPASSWD_PATH, nginxConf } from "./nginx-conf.ts";

export interface NginxArgs extends PartArgs<"nginx" | "hosts" | "withFlower" | "withPushgateway"> {
  /** Flower's password. */
  readonly password: pulumi.Output<string>;
}

const NAME = "nginx";

/** The reverse proxy, by which Flower and the workers' metrics are seen from outside. TLS ends in its pods. */
export class Nginx extends pulumi.ComponentResource {
  constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Nginx", name, {}, opts);
    const { site, settings, configuration, image } = args;
    const { withFlower, withPushgateway, nginx } = settings;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      {
        site,
        name: "nginx-config",
        data: { "nginx.conf": nginxConf({ withFlower, withPushgateway, ...nginx }) },
      },
      child,
    );
    const healthy = { httpGet: { path: "/healthz", port: 8443, scheme: "HTTPS" } };
    const mount = (volume: string, path: string, file: Picked) => {
      return { name: volume, path, readOnly: true, from: { files: [file] } };
    };
    deployment(
      name,
      {
        site,
        component: NAME,
        replicas: nginx.replicas,
        strategy: "rolling",
        spread: true,
        containers: [
          {
            name: NAME,
            image,
            ports: [8443],
            resources: nginx.resources,
            mounts: [
              mount("settings", "/etc/nginx", config.pick("nginx.conf")),
              mount("certificate", "/secrets", configuration.tls(NAME)),
              ...(withFlower
                ? [mount("password", dirname(HTPASSWD_PATH), passwordFile(name, args, child))]
                : []),
            ],
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 30 },
            livenessProbe: { ...healthy, periodSeconds: 20 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
          },
        ],
        nodeSelector: nginx.nodeSelector,
      },
      after(this, opts),
    );
    const port = { name: "nginx-https", port: 443, targetPort: 8443 };
    publicService(name, { site, component: NAME, host: settings.hosts.workers, port, pods: "tls" }, child);
    this.registerOutputs();
  }
}

function passwordFile(
  name: string,
  { site, password }: NginxArgs,
  opts: pulumi.CustomResourceOptions,
): Picked {
  const text = pulumi
    .all([password, site.digestKey])
    .apply(([known, saltKey]) => htpasswd({ user: FLOWER_USER, password: known, saltKey }));
  return secretFiles(
    `${name}-password`,
    { site, name: "flower-htpasswd", data: { htpasswd: text } },
    opts,
  ).pick("htpasswd");
}
