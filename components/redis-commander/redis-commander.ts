import * as pulumi from "@pulumi/pulumi";
import { after } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { secretFiles } from "../../kubernetes/files.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import { VALKEY_HOST } from "../addresses.ts";
import type { PartArgs } from "../part.ts";

export interface RedisCommanderArgs extends PartArgs<"redisCommander" | "hosts"> {
  /** The password of its one account. */
  readonly password: pulumi.Output<string>;
}

const NAME = "redis-commander";
const PORT = 8081;

/** Redis Commander, which shows and changes what Valkey holds, to those who have its password. */
export class RedisCommander extends pulumi.ComponentResource {
  constructor(name: string, args: RedisCommanderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:RedisCommander", name, {}, opts);
    const { site, settings, configuration, image, password } = args;
    const child = { parent: this };
    const credentials = secretFiles(
      `${name}-credentials`,
      {
        site,
        name: "redis-commander-secret",
        data: { "redis-commander-user": "packit", "redis-commander-password": password },
      },
      child,
    );
    const healthy = { httpGet: { path: "/healthcheck", port: PORT }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        site,
        component: NAME,
        strategy: "recreate",
        containers: [
          {
            name: NAME,
            image,
            ports: [PORT],
            env: {
              REDIS_HOST: VALKEY_HOST,
              REDIS_PORT: "6379",
              REDIS_PASSWORD: { from: configuration.valkey, key: "password" },
              HTTP_USER: { from: credentials, key: "redis-commander-user" },
              HTTP_PASSWORD: { from: credentials, key: "redis-commander-password" },
            },
            resources: settings.redisCommander.resources,
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...healthy, periodSeconds: 30 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.redisCommander.nodeSelector,
      },
      after(this, opts),
    );
    const port = { name: String(PORT), port: PORT, targetPort: PORT };
    const host = settings.hosts.redisCommander;
    publicService(name, { site, component: NAME, host, port, pods: "http" }, child);
    this.registerOutputs();
  }
}
