import type { Environment } from "../../kubernetes/container.ts";
import type { Settings } from "../../settings/load.ts";
import { VALKEY_HOST } from "../addresses.ts";
import type { Configuration } from "./configuration.ts";

/** The module in which Celery finds Packit's tasks. */
export const CELERY_APP = "packit_service.worker.tasks";

/** Where a container's syslog goes, if there is a side-car to take it. */
export const SYSLOG_HOST = "127.0.0.1";

/** How a pod reaches PostgreSQL. */
export function databaseEnvironment({ postgres }: Configuration): Environment {
  return {
    POSTGRESQL_USER: { from: postgres, key: "database-user" },
    POSTGRESQL_PASSWORD: { from: postgres, key: "database-password" },
    POSTGRESQL_HOST: { from: postgres, key: "database-host" },
    POSTGRESQL_DATABASE: { from: postgres, key: "database-name" },
  };
}

/** What every pod of Packit's own images is told. DEPLOYMENT is a free word here, not the one of packit-service.yaml. */
export function commonEnvironment(
  settings: Pick<Settings, "namespace" | "deployment">,
  { sentry, valkey }: Configuration,
): Environment {
  return {
    PROJECT: settings.namespace,
    DEPLOYMENT: settings.deployment,
    REDIS_SERVICE_HOST: VALKEY_HOST,
    REDIS_PASSWORD: { from: valkey, key: "password" },
    SENTRY_SECRET: sentry && { from: sentry, key: "dsn" },
  };
}

/** Where dist-git is. */
export function distGitEnvironment({ distGit }: Pick<Settings, "distGit">): Environment {
  return { DISTGIT_URL: distGit.url, DISTGIT_NAMESPACE: distGit.namespace };
}
