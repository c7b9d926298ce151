import * as pulumi from "@pulumi/pulumi";
import { cronJob } from "../../kubernetes/cron-job.ts";
import { configMapFiles } from "../../kubernetes/files.ts";
import { grant } from "../../kubernetes/grant.ts";
import { program } from "../../kubernetes/program.ts";
import type { Destination } from "../../platform/destination.ts";
import type { ImageImportSettings } from "../image-import/settings.ts";
import { ocContainer } from "../oc.ts";
import type { PartArgs } from "../part-args.ts";
import { cacheJob, type FillSettings } from "./fill-job.ts";
import { cacheVolumes, REFRESH, repositoryOf, workersWithCache } from "./settings.ts";

export type RepositoryCacheRefreshArgs = PartArgs<FillSettings & ImageImportSettings> & {
  readonly sandbox: Destination;
};

const NAME = REFRESH;

/** Where the Jobs' manifests are, by worker and side. */
const FOLDER = "/jobs";

/** How long one volume may take. */
const LIMIT_SECONDS = 3600;

/**
 * One worker after the other, its sandbox's volume first: what the worker's has, the sandbox must have. Where that one
 * fails, the worker's is left as it is. Each Job is removed, and that is tried again for as long as it takes; a Job that
 * somebody else has made is left alone, unless it has ended.
 */
const SCRIPT = program(import.meta.dirname, "refresh.sh").trimEnd();

/** Fills all cache volumes at set times, as \`./ops cache fill\` does. */
export class RepositoryCacheRefresh extends pulumi.ComponentResource {
  constructor(name: string, args: RepositoryCacheRefreshArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:RepositoryCacheRefresh", name, {}, opts);
    const { destination, sandbox, settings } = args;
    const child = { parent: this };
    for (const [side, { namespace }] of Object.entries({ worker: destination, sandbox })) {
      grant(
        `${name}-${side}`,
        {
          metadata: { ...destination.object(NAME), namespace },
          rules: [
            {
              apiGroups: ["batch"],
              resources: ["jobs"],
              verbs: ["create", "get", "list", "watch", "delete"],
            },
          ],
          account: { name: NAME, namespace: destination.namespace },
        },
        child,
      );
    }
    const workers = workersWithCache(settings);
    const data = manifests(settings);
    const jobs = configMapFiles(`${name}-jobs`, { destination, name: NAME, data }, child);
    cronJob(
      name,
      {
        destination,
        workload: args.workload(NAME),
        schedule: settings.repositoryCache.refresh.schedule,
        limitSeconds: workers.length * 2 * LIMIT_SECONDS,
        usesApi: true,
        containers: [
          {
            ...ocContainer(NAME, settings, {
              command: ["bash", "-c", SCRIPT, NAME, ...workers],
              env: { FOLDER, PAUSE_SECONDS: "5" },
            }),
            mounts: [
              {
                name: "jobs",
                path: FOLDER,
                readOnly: true,
                from: { files: [jobs.pick(...Object.keys(data))] },
              },
            ],
          },
        ],
        nodeSelector: {},
      },
      child,
    );
    this.registerOutputs();
  }
}

/** The Jobs, each under its worker's name and its side. */
function manifests(settings: FillSettings): Record<string, string> {
  const repositories = settings.repositoryCache.repositories.map(repositoryOf);
  const volumes = workersWithCache(settings).flatMap((worker) => cacheVolumes(worker, settings));
  return Object.fromEntries(
    volumes.map((volume) => {
      const task = ["fill", repositories] as const;
      const job = cacheJob({ settings, volume, task, workerRuns: true, limitSeconds: LIMIT_SECONDS });
      return [`${volume.worker}.${volume.side}.json`, `${JSON.stringify(job, null, 2)}\n`];
    }),
  );
}
