import { foreignImage } from "../images.ts";
import type { Part } from "../part.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import { only } from "../workload.ts";
import {
  REDIS_COMMANDER,
  REDIS_COMMANDER_PORT,
  REDIS_COMMANDER_SECRET,
  type RedisCommanderSettings,
  redisCommanderHosts,
  redisCommanderSecrets,
  redisCommanderSettings,
} from "./settings.ts";

export const redisCommander = {
  name: REDIS_COMMANDER,
  settings: redisCommanderSettings,
  hosts: redisCommanderHosts,
  images: {
    redisCommander: foreignImage(
      "Redis Commander.",
      REDIS_COMMANDER,
      "docker.io/rediscommander/redis-commander:latest",
    ),
  },
  secrets: redisCommanderSecrets,
  isOn: ({ withRedisCommander }) => withRedisCommander,
  components: ({ redisCommander, hosts }) => [
    {
      ...only(REDIS_COMMANDER, { [REDIS_COMMANDER]: redisCommander }),
      connects: [VALKEY],
      ...(hosts.redisCommander !== undefined && { open: REDIS_COMMANDER_PORT }),
    },
  ],
  // It speaks no TLS itself: a Route's router shows its own certificate.
  certified: ({ platform, hosts }) => [platform === "kubernetes" ? hosts.redisCommander : undefined],
  page: {
    name: "redisCommander",
    label: "Redis",
    url: ({ redisCommander }) => redisCommander && `https://${redisCommander}/`,
  },
  choice: {
    name: REDIS_COMMANDER,
    setting: "withRedisCommander",
    isUsual: false,
    access: {
      label: "Redis",
      what: "its Commander",
      forward: { deployment: REDIS_COMMANDER, port: REDIS_COMMANDER_PORT },
      login: { user: "packit", secret: REDIS_COMMANDER_SECRET.name, key: REDIS_COMMANDER_SECRET.password },
    },
  },
  component: async () => (await import("./redis-commander.ts")).RedisCommander,
  isTool: true,
  after: ["valkey"],
} satisfies Part<CoreSettings & RedisCommanderSettings>;
