import type { Environment } from "../../kubernetes/container.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { VALKEY } from "../valkey/settings.ts";
import type { Credentials } from "./credentials.ts";

/** The module in which Celery finds Packit's tasks. */
export const CELERY_APP = "packit_service.worker.tasks";

/** How a pod reaches PostgreSQL. */
export function databaseEnvironment({ postgres }: Credentials): Environment {
  return {
    POSTGRESQL_USER: { from: postgres, key: "database-user" },
    POSTGRESQL_PASSWORD: { from: postgres, key: "database-password" },
    POSTGRESQL_HOST: { from: postgres, key: "database-host" },
    POSTGRESQL_DATABASE: { from: postgres, key: "database-name" },
  };
}

/** What every pod of Packit's own images is told. DEPLOYMENT is a free word here, not the one of packit-service.yaml. */
export function commonEnvironment(
  settings: Pick<CoreSettings, "namespace" | "deployment">,
  { sentry, valkey }: Credentials,
): Environment {
  return {
    PROJECT: settings.namespace,
    DEPLOYMENT: settings.deployment,
    REDIS_SERVICE_HOST: VALKEY.host,
    REDIS_PASSWORD: { from: valkey, key: "password" },
    SENTRY_SECRET: sentry && { from: sentry, key: "dsn" },
  };
}

/** Where dist-git is. */
export function distGitEnvironment({ distGit }: Pick<CoreSettings, "distGit">): Environment {
  return { DISTGIT_URL: distGit.url, DISTGIT_NAMESPACE: distGit.namespace };
}
