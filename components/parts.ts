import { backup } from "./backup/part.ts";
import { beat } from "./beat/part.ts";
import { dashboard } from "./dashboard/part.ts";
import { fedmsg } from "./fedmsg/part.ts";
import { flower } from "./flower/part.ts";
import { imageBuilds } from "./image-builds/part.ts";
import { imageImport } from "./image-import/part.ts";
import { logForwarder } from "./log-forwarder/part.ts";
import { migration } from "./migration/part.ts";
import { nginx } from "./nginx/part.ts";
import { postgresCopy } from "./postgres/copy-part.ts";
import { postgres } from "./postgres/part.ts";
import { postgresExporter } from "./postgres-exporter/part.ts";
import { pushgateway } from "./pushgateway/part.ts";
import { redisCommander } from "./redis-commander/part.ts";
import { repositoryCache } from "./repository-cache/part.ts";
import { sandbox } from "./sandbox/part.ts";
import { service } from "./service/part.ts";
import { tokman } from "./tokman/part.ts";
import { valkey } from "./valkey/part.ts";
import { workers } from "./workers/part.ts";

/**
 * The parts of Packit Service. Settings, quotas, network policies, image streams, outputs and the rest are made from
 * this list, and each part's objects after those of the parts above it.
 */
export const PARTS = [
  postgres,
  valkey,
  service,
  workers,
  beat,
  migration,
  fedmsg,
  dashboard,
  flower,
  pushgateway,
  postgresExporter,
  nginx,
  tokman,
  redisCommander,
  logForwarder,
  backup,
  postgresCopy,
  imageImport,
  imageBuilds,
  sandbox,
  repositoryCache,
] as const;
