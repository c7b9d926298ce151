import type { z } from "zod";
import { part } from "../../schema/part.ts";
import { secret } from "../../schema/secrets/spec.ts";
import { flag, hostName } from "../../schema/values.ts";

export const redisCommanderSettings = {
  withRedisCommander: flag.default(false).describe("Run Redis Commander, which shows what Valkey holds."),
  redisCommander: part({
    requests: { cpu: "10m", memory: "64Mi" },
    limits: { cpu: "200m", memory: "128Mi" },
  }),
};

export const redisCommanderHosts = {
  redisCommander: hostName
    .meta({ example: "redis.stg.packit.dev" })
    .optional()
    .describe("The host of Redis Commander; without it, only a forwarded port leads there."),
};

export type RedisCommanderSettings = Readonly<z.output<z.ZodObject<typeof redisCommanderSettings>>> & {
  readonly hosts: Readonly<z.output<z.ZodObject<typeof redisCommanderHosts>>>;
};

export const redisCommanderSecrets = {
  redisCommanderPassword: secret("generated", "Redis Commander's password", "text", {
    resource: "redis-commander",
  }),
};

export const REDIS_COMMANDER = "redis-commander";

export const REDIS_COMMANDER_PORT = 8081;

/** The Secret of its one account. */
export const REDIS_COMMANDER_SECRET = {
  name: "redis-commander-secret",
  user: "redis-commander-user",
  password: "redis-commander-password",
} as const;
