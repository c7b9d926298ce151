import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { secretFiles } from "../../kubernetes/files.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import {
  REDIS_COMMANDER,
  REDIS_COMMANDER_PORT,
  REDIS_COMMANDER_SECRET,
  type RedisCommanderSettings,
} from "./settings.ts";

type RedisCommanderArgs = PartArgs<CoreSettings & RedisCommanderSettings>;

/** Redis Commander, which shows and changes what Valkey holds, to those who have its password. */
export class RedisCommander extends pulumi.ComponentResource {
  constructor(name: string, args: RedisCommanderArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:RedisCommander", name, {}, opts);
    const { destination, settings, configuration } = args;
    const { name: secret, ...keys } = REDIS_COMMANDER_SECRET;
    const child = { parent: this };
    const credentials = secretFiles(
      `${name}-credentials`,
      {
        destination,
        name: secret,
        data: { [keys.user]: "packit", [keys.password]: args.password("redisCommanderPassword") },
      },
      child,
    );
    const healthy = { httpGet: { path: "/healthcheck", port: REDIS_COMMANDER_PORT }, timeoutSeconds: 5 };
    deployment(
      name,
      {
        destination,
        workload: args.workload(REDIS_COMMANDER),
        strategy: "recreate",
        containers: [
          {
            name: REDIS_COMMANDER,
            image: args.image(REDIS_COMMANDER),
            ports: [REDIS_COMMANDER_PORT],
            env: {
              REDIS_HOST: VALKEY.host,
              REDIS_PORT: String(VALKEY.port),
              REDIS_PASSWORD: { from: configuration.valkey, key: "password" },
              HTTP_USER: { from: credentials, key: keys.user },
              HTTP_PASSWORD: { from: credentials, key: keys.password },
            },
            startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...healthy, periodSeconds: 30 },
            readinessProbe: { ...healthy, periodSeconds: 10 },
          },
        ],
        nodeSelector: settings.redisCommander.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = {
      name: String(REDIS_COMMANDER_PORT),
      port: REDIS_COMMANDER_PORT,
      targetPort: REDIS_COMMANDER_PORT,
    };
    const host = settings.hosts.redisCommander;
    publicService(name, { destination, component: REDIS_COMMANDER, host, port, pods: "http" }, child);
    this.registerOutputs();
  }
}
