import { z } from "zod";
import { withRoleDefaults } from "../components/configuration/role.ts";
import { OWN_IMAGE_NAMES, type OwnImage, ownImage } from "../components/own-images.ts";
import { DECLARED, schema } from "../components/schema.ts";
import type { Pool } from "../components/test-instance/pool.ts";
import { omitUndefined } from "../kubernetes/omit-undefined.ts";
import type { StackConfig } from "./stack-file.ts";

/** The parts that an instance can do with or without. */
const CHOICES = DECLARED.flatMap(({ choice }) => (choice ? [choice] : []));

/** The setting of each of them, and whether it is there unless it is asked for, by its name. */
export const PARTS: Readonly<Record<string, { readonly setting: string; readonly isUsual: boolean }>> =
  Object.fromEntries(CHOICES.map((choice) => [choice.name, choice]));

export const PART_NAMES: readonly string[] = Object.keys(PARTS);

export interface TestInstanceArgs {
  /** Its name; what is made for it is named after that. */
  readonly name: string;
  /** Of the environment that it is to be like. */
  readonly base: StackConfig;
  /** Where it runs. */
  readonly pool: Pool;
  /** The Fedora account that it acts as. */
  readonly fasUser: string;
  /** Its secrets, by their names under `packit:secrets`; what is missing is made up, or left out if it is optional. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** The images that were built for it. */
  readonly images: Readonly<Partial<Record<OwnImage, string>>>;
  /** Whether each part is there. */
  readonly parts: Readonly<Record<string, boolean>>;
}

/** The name of an instance's stack, by which its objects are labelled. */
export function stackOf(name: string): string {
  return `${STACK_PREFIX}${name}`;
}

/** What the names of all test instances' stacks start with. */
export const STACK_PREFIX = "test-";

/** The namespaces of an instance: its own, that of its sandboxes, and that of its builds. */
export function namespacesOf(name: string): readonly [own: string, sandbox: string, builds: string] {
  const own = `packit-test-${name}`;
  return [own, `${own}-sandbox`, `${own}-builds`];
}

/** The host of an instance's API. */
export function hostOf(name: string, { domain }: Pick<Pool, "domain">): string {
  return `${name}.${domain}`;
}

/** All hosts that an instance may have. */
export function hostsOf(name: string, pool: Pick<Pool, "domain">) {
  return {
    service: hostOf(name, pool),
    dashboard: hostOf(`${name}-dashboard`, pool),
    workers: hostOf(`${name}-workers`, pool),
  } as const;
}

/** The word that starts commands for an instance. */
export function prefixOf(name: string): string {
  return `/packit-${name}`;
}

/** The keys of packit-service.yaml that act on others' projects, and so are no test instance's. */
const ACTING = [
  "admins",
  "comment_command_prefix",
  "enabled_private_namespaces",
  "enabled_projects_for_internal_tf",
  "gitlab_mr_targets_handled",
  "projects_to_sync",
];

/**
 * The configuration of a test instance: what its base says of behaviour, small, under names and accounts of its own.
 * Whatever is not named here is not taken over, above all no secret.
 */
export function testInstanceConfig(args: TestInstanceArgs): StackConfig {
  const { name, base, pool, fasUser, secrets, images, parts } = args;
  const [namespace] = namespacesOf(name);
  const { packitConfig, fedoraMessaging, forges, distGit, imageSupports } = withRoleDefaults(
    base.values,
  ) as Record<string, object>;
  // What is as it is without being said is left out: a program of a pull request may not know of a part yet.
  const flags = CHOICES.flatMap(({ setting, name: part }) =>
    parts[part] === defaultOf(setting) ? [] : [[setting, parts[part]]],
  );
  const values = {
    ...omitUndefined({ forges, distGit, imageSupports, storageClass: pool.storageClass }),
    ...Object.fromEntries(flags),
    withBackup: false,
    repositoryCache: { enabled: false },
    deployment: "dev",
    disposable: true,
    kubeContext: pool.kubeContext,
    platform: pool.platform,
    tls: pool.platform === "openshift" ? "reencrypt" : "passthrough",
    namespace,
    hosts: hostsOf(name, pool),
    identity: { fasUser },
    packitConfig: { ...without(packitConfig, ACTING), comment_command_prefix: prefixOf(name) },
    fedoraMessaging: { ...fedoraMessaging, app: `Packit test ${name}` },
    images: { ...imagesOf(base), ...images },
    allowlist: pool.allowlist,
    workers: { generic: { replicas: 1 }, shortRunning: { replicas: 0 }, longRunning: { replicas: 0 } },
    postgres: { storage: "1Gi" },
    valkey: {
      maxMemory: "256Mi",
      storage: "1Gi",
      resources: { requests: { memory: "320Mi" }, limits: { memory: "512Mi" } },
    },
    secrets,
  };
  return { stack: stackOf(name), values };
}

/** What a setting is unless it is said. */
function defaultOf(setting: string): unknown {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape;
  return shape[setting] && z.safeParse(shape[setting], undefined).data;
}

/** The images of the base: those of its own deployment, and not of an instance for development. */
function imagesOf({ values: { deployment, images = {} } }: StackConfig): Record<string, string> {
  const given = { deployment: String(deployment), images: images as Record<string, string> };
  const names = OWN_IMAGE_NAMES;
  return { ...given.images, ...Object.fromEntries(names.map((name) => [name, ownImage(given, name)])) };
}

function without(map: object | undefined, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !keys.includes(key)));
}
