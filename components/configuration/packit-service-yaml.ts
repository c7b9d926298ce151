import { stringify } from "yaml";
import { omitUndefined } from "../../kubernetes/omit-undefined.ts";
import type { PackitConfig } from "./packit-config.ts";

/** The credentials for one forge: a token, the GitHub App's id, or both. */
export interface ForgeCredentials {
  readonly instanceUrl: string;
  readonly type?: string | undefined;
  readonly token?: string | undefined;
  readonly githubAppId?: string | undefined;
  /** Where tokman answers, which then hands out the App's tokens. */
  readonly tokman?: string | undefined;
}

export interface SandboxKeys {
  readonly namespace: string;
  readonly image: string;
  readonly storageClass?: string | undefined;
  readonly appCode?: string | undefined;
}

export interface PackitServiceYaml {
  /** Packit's word for what the instance is. */
  readonly deployment: string;
  /** The host under which the API answers. */
  readonly serverName: string;
  readonly dashboardUrl?: string | undefined;
  readonly fasUser: string;
  /** Keys by Packit's own names of them. */
  readonly config: PackitConfig & Readonly<Record<string, unknown>>;
  readonly forges: Readonly<Record<string, ForgeCredentials>>;
  /** Secrets by Packit's names of them; those that are `undefined` are left out. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Where users' commands run, and in what image; without it, those that are Packit's own run in the worker. */
  readonly sandbox: SandboxKeys | undefined;
  /** Whether the pod that reads this has a cache volume: Packit makes the folder itself, and cannot without one. */
  readonly repositoryCache: boolean;
}

/** Where the cache volume is mounted, in workers as in sandbox pods. */
export const REPOSITORY_CACHE_PATH = "/repository-cache";

/** Where tasks keep what they clone; the same in workers and sandbox pods. */
const WORK_DIR = "/tmp/sandcastle";

/** Where the GitHub App's key is mounted. */
export const GITHUB_APP_KEY = { directory: "/gh-secrets", file: "private-key.pem" } as const;

/** The environment variable in which a worker finds the name of its sandbox's cache volume; run_worker.sh sets it. */
const CACHE_VOLUME_VARIABLE = "SANDCASTLE_REPOSITORY_CACHE_VOLUME";

/**
 * packit-service.yaml. Packit refuses unknown keys and nulls, so absent settings are left out; and run_httpd.sh
 * greps `server_name`, so that one must be a plain line of its own. Every other string is quoted: Python reads YAML 1.1, in
 * which many a bare word is no string.
 */
export function packitServiceYaml(args: PackitServiceYaml): string {
  const { deployment, fasUser, config, secrets, serverName, dashboardUrl } = args;
  const keys = omitUndefined({
    ...config,
    ...secrets,
    deployment,
    fas_user: fasUser,
    keytab_path: "/secrets/fedora.keytab",
    dashboard_url: dashboardUrl,
    authentication: Object.fromEntries(
      Object.entries(args.forges).map(([host, forge]) => [host, credentials(forge)]),
    ),
    ...sandboxKeys(args),
    ...(args.repositoryCache
      ? { repository_cache: REPOSITORY_CACHE_PATH, add_repositories_to_repository_cache: false }
      : {}),
  });
  const text = stringify(keys, { defaultStringType: "QUOTE_DOUBLE", lineWidth: 0, sortMapEntries: true });
  return `server_name: ${serverName}\n${escaped(text)}`;
}

/** Characters that Python's reader refuses or takes for line breaks, even within quotes, as YAML's escapes. */
function escaped(text: string): string {
  const code = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, code);
}

function sandboxKeys({ sandbox, repositoryCache }: PackitServiceYaml): object {
  if (sandbox === undefined) return { command_handler: "local", command_handler_work_dir: WORK_DIR };
  const cache = { path: REPOSITORY_CACHE_PATH, pvc_from_env: CACHE_VOLUME_VARIABLE, read_only: true };
  return {
    command_handler: "sandcastle",
    command_handler_work_dir: WORK_DIR,
    command_handler_image_reference: sandbox.image,
    command_handler_k8s_namespace: sandbox.namespace,
    command_handler_storage_class: sandbox.storageClass,
    appcode: sandbox.appCode,
    ...(repositoryCache ? { command_handler_pvc_volume_specs: [cache] } : {}),
  };
}

function credentials({ instanceUrl, type, token, githubAppId, tokman }: ForgeCredentials): object {
  return omitUndefined({
    instance_url: instanceUrl,
    type,
    token,
    github_app_id: githubAppId,
    tokman_instance_url: githubAppId && tokman,
    github_app_private_key_path: githubAppId && `${GITHUB_APP_KEY.directory}/${GITHUB_APP_KEY.file}`,
  });
}
