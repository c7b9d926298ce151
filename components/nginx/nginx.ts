import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { configMapFiles, type Picked, secretFiles } from "../../kubernetes/files.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import { FLOWER_USER } from "../flower/settings.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { htpasswd } from "./htpasswd.ts";
import { HTPASSWD_PATH, nginxConf } from "./nginx-conf.ts";
import { NGINX_PORT } from "./settings.ts";
import { hasPages, type ShowingSettings, shownOf } from "./shown.ts";

type NginxArgs = PartArgs<CoreSettings & ShowingSettings>;

const NAME = "nginx";

/** The reverse proxy, by which metrics, and Flower, are seen from outside. TLS ends in its pods. */
export class Nginx extends pulumi.ComponentResource {
  constructor(name: string, args: NginxArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Nginx", name, {}, opts);
    const { destination, settings, configuration } = args;
    const { nginx } = settings;
    const child = { parent: this };
    const config = configMapFiles(
      `${name}-config`,
      {
        destination,
        name: "nginx-config",
        data: { "nginx.conf": nginxConf({ shown: shownOf(settings), ...nginx }) },
      },
      child,
    );
    const healthy = { httpGet: { path: "/healthz", port: NGINX_PORT, scheme: "HTTPS" } };
    const mount = (volume: string, path: string, file: Picked) => {
      return { name: volume, path, readOnly: true, from: { files: [file] } };
    };
    deployment(
      name,
      {
        destination,
        workload: args.workload(NAME),
        strategy: "rolling",
        spread: true,
        containers: [
          {
            name: NAME,
            image: args.image("nginx"),
            ports: [NGINX_PORT],
            mounts: [
              mount("settings", "/etc/nginx", config.pick("nginx.conf")),
              mount("certificate", "/secrets", configuration.tls(NAME)),
              ...(hasPages(settings)
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
      childOptions(this, opts),
    );
    const port = { name: "nginx-https", port: 443, targetPort: NGINX_PORT };
    publicService(
      name,
      { destination, component: NAME, host: settings.hosts.workers, port, pods: "tls" },
      child,
    );
    this.registerOutputs();
  }
}

function passwordFile(
  name: string,
  { destination, password }: NginxArgs,
  opts: pulumi.CustomResourceOptions,
): Picked {
  const text = pulumi
    .all([password("flowerPassword"), destination.digestKey])
    .apply(([known, saltKey]) => htpasswd({ user: FLOWER_USER, password: known, saltKey }));
  return secretFiles(
    `${name}-password`,
    { destination, name: "flower-htpasswd", data: { htpasswd: text } },
    opts,
  ).pick("htpasswd");
}
