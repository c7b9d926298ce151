import { podTemplate } from "../../kubernetes/pod.ts";
import { program } from "../../kubernetes/program.ts";
import { Destination } from "../../platform/destination.ts";
import { platformOf } from "../../platform/platform.ts";
import { REPOSITORY_CACHE_PATH } from "../configuration/packit-service-yaml.ts";
import { ownReference } from "../images.ts";
import { type SandboxSettings, sandboxImages } from "../sandbox/settings.ts";
import type { CoreSettings } from "../stack/settings.ts";
import type { WorkersSettings } from "../workers/settings.ts";
import {
  CACHE_COMPONENT,
  CACHE_CONTAINER,
  type CacheVolume,
  filling,
  type Repository,
  type RepositoryCacheSettings,
} from "./settings.ts";

/** What a Job that fills a volume is made from. */
export type FillSettings = CoreSettings &
  RepositoryCacheSettings &
  WorkersSettings &
  Omit<SandboxSettings, "sandboxNamespace"> & {
    readonly stack: string;
    readonly sandboxNamespace: string;
    readonly images: { readonly sandbox?: string | undefined };
  };

export interface CacheJobArgs {
  /** Those of the stack whose volume it is. */
  readonly settings: FillSettings;
  /** The volume that it mounts, alone on its side. */
  readonly volume: CacheVolume;
  /** What repository-cache.py does. */
  readonly task: readonly ["fill", readonly Repository[]] | readonly ["status"] | readonly ["hold"];
  /** Whether the worker runs, beside which alone its volume can be mounted. */
  readonly workerRuns: boolean;
  /** Seconds after which the cluster ends it, whoever made it. */
  readonly limitSeconds: number;
}

/** How long an ended Job, which holds no volume, stays for whoever made it to read; the cluster deletes it then. */
const KEPT_SECONDS = 300;

/**
 * What runs in the sandbox's image: that has git and Python. It keeps the repositories of one cache volume, is told what
 * to do by its arguments, and says what it does in lines of JSON.
 */
const SCRIPT = program(import.meta.dirname, "repository-cache.py");

/** The start of a command of repository-cache.py. */
export const CACHE_COMMAND = ["python3", "-c", SCRIPT] as const;

/** The Job that works on one cache volume; its name is the volume's own, so that there is one at a time. */
export function cacheJob({
  settings,
  volume,
  task: [verb, repositories],
  workerRuns,
  limitSeconds,
}: CacheJobArgs) {
  const { namespace, worker, side, claim } = volume;
  const platform = platformOf(settings);
  // It has no files, and so no digest of any.
  const destination = new Destination({ stack: settings.stack, platform, namespace, digestKey: "" });
  const { nodeSelector } = settings.repositoryCache;
  const [workload] = filling(settings);
  if (workload === undefined) throw new Error("There is no volume to fill in this stack.");
  const template = podTemplate({
    destination,
    workload,
    containers: [
      {
        name: CACHE_CONTAINER,
        image: {
          reference: ownReference(settings.deployment, settings.images.sandbox, sandboxImages.sandbox),
        },
        command: [...CACHE_COMMAND, verb, ...(repositories ? [JSON.stringify(repositories)] : [])],
        env: { HOME: "/tmp" },
        mounts: [{ name: "cache", path: REPOSITORY_CACHE_PATH, from: { claim } }],
      },
    ],
    serviceAccountName: "default",
    restartPolicy: "Never",
    beside: side === "worker" && workerRuns ? worker : undefined,
    nodeSelector,
  });
  // All of it is known at once, as it is made from settings alone.
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: destination.workload(`${CACHE_COMPONENT}-${worker}`),
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: limitSeconds,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template,
    },
  };
}
