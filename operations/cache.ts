import type { Access } from "../cluster/access.ts";
import { ApiClient } from "../cluster/api-client.ts";
import {
  type CacheVolume,
  cacheVolumes,
  type Repository,
  repositoryOf,
  workersWithCache,
} from "../components/repository-cache/settings.ts";
import type { Settings } from "../components/settings.ts";
import { explain, UserError } from "../errors.ts";
import { repositoryUrl } from "../schema/values.ts";
import { nearest } from "../settings/violation.ts";
import { type Clone, sendClone } from "./cache-clone.ts";
import type { VolumeReport } from "./cache-report.ts";
import { holdersOf, workOn } from "./cache-volume.ts";
import type { VolumeWork } from "./cache-work.ts";

export interface CacheArgs {
  readonly settings: Settings;
  readonly access: Access;
  /** The workers whose volumes are meant. */
  readonly workers: readonly string[];
  readonly limitSeconds: number;
  readonly waitSeconds: number;
  readonly signal: AbortSignal;
  /** Told what goes on at a worker's volumes. */
  readonly report: (worker: string, message: string) => void;
}

/** Brings repositories up to date on both volumes of each worker; several workers at once. */
export function fill(args: CacheArgs, repositories: readonly Repository[]): Promise<VolumeReport[]> {
  return onPairs(args, { task: ["fill", repositories] });
}

/** Streams a clone that is on this machine to both volumes of each worker. */
export function send(args: CacheArgs, clone: Clone): Promise<VolumeReport[]> {
  return onPairs(args, { task: ["hold"] }, clone);
}

/** Looks into every volume that no sandbox holds. */
export async function look(args: CacheArgs): Promise<VolumeReport[]> {
  const client = new ApiClient(args.access);
  const volumes = args.workers.flatMap((worker) => cacheVolumes(worker, args.settings));
  return settled(
    volumes.map(async (volume) => {
      const holders = await holdersOf(client, volume);
      if (volume.side === "sandbox" && holders.length > 0)
        return [{ volume, holders, repositories: [], problem: "not looked into while a sandbox runs" }];
      return [await attempt({ ...common(args, client, volume), task: ["status"] })];
    }),
  );
}

/** The workers that are meant by numbers or names; all that have volumes if none is named. */
export function chosenWorkers(settings: Settings, named: readonly string[]): readonly string[] {
  const all = workersWithCache(settings);
  if (all.length === 0)
    throw new UserError(`The stack ${settings.stack} has no cache: see packit:repositoryCache.enabled.`);
  const chosen = named.map((name) => {
    const found = all.filter((worker) => worker === name || worker.endsWith(`-${name}`));
    if (found.length !== 1)
      throw new UserError(`--worker ${name} is not one of ${all.join(", ")}. Give its name, or its number.`);
    return found[0] ?? name;
  });
  return named.length === 0 ? all : [...new Set(chosen)];
}

/** The repositories that are meant by names or addresses; those of the settings if none is named. */
export function chosenRepositories(
  { stack, repositoryCache }: Settings,
  named: readonly string[],
): Repository[] {
  const known = repositoryCache.repositories.map(repositoryOf);
  if (named.length === 0 && known.length === 0)
    throw new UserError(
      `The stack ${stack} names no repositories. Give --repository URL, or set packit:repositoryCache.repositories.`,
    );
  return named.length === 0 ? known : named.map((name) => chosenRepository(known, name));
}

function chosenRepository(known: readonly Repository[], name: string): Repository {
  const found = known.find((one) => one.name === name || one.url === name);
  if (found) return found;
  if (repositoryUrl.safeParse(name).success) return repositoryOf({ url: name });
  if (name.includes("@"))
    throw new UserError(
      "--repository has an @, and so perhaps a password, in its address. Give an https address of a public repository, without a user.",
    );
  const meant = nearest(
    name,
    known.map((one) => one.name),
  );
  const remedy = meant
    ? `Did you mean ${meant}?`
    : "Give an https address, or one of the settings by its name.";
  throw new UserError(`--repository ${name} is neither an https address nor a known name. ${remedy}`);
}

/** Does the same on a worker's sandbox volume and, if that went well, on the worker's own. */
async function onPairs(
  args: CacheArgs,
  work: Pick<VolumeWork, "task">,
  clone?: Clone,
): Promise<VolumeReport[]> {
  const client = new ApiClient(args.access);
  const pairs = args.workers.map(async (worker) => {
    const [sandbox, own] = cacheVolumes(worker, args.settings);
    const doOne = (volume: CacheVolume) => {
      const stream = clone && {
        repository: clone.name,
        into: (pod: string) => sendClone({ access: args.access, volume, pod, clone, signal: args.signal }),
      };
      return attempt({ ...common(args, client, volume), ...work, ...(stream && { stream }) });
    };
    const first = await doOne(sandbox);
    if (hasFailed(first)) {
      const problem =
        "left as it is: the sandbox must have whatever the worker has, and its volume comes first";
      return [first, { volume: own, holders: [], repositories: [], problem }];
    }
    return [first, await doOne(own)];
  });
  return settled(pairs);
}

/** Waits for all, and only then for the first that fails: what it began, each removes first. */
async function settled(pairs: readonly Promise<VolumeReport[]>[]): Promise<VolumeReport[]> {
  await Promise.allSettled(pairs);
  return (await Promise.all(pairs)).flat();
}

/** Whether something of a volume was not done, or is not known to be done. */
export function hasFailed({ problem, repositories }: VolumeReport): boolean {
  return problem !== undefined || repositories.some(({ state }) => state !== "done" && state !== "there");
}

/** What goes wrong at one volume is said of it, and keeps nobody from the others. */
async function attempt(work: VolumeWork): Promise<VolumeReport> {
  try {
    return await workOn(work);
  } catch (error) {
    if (work.signal.aborted) throw error;
    return { volume: work.volume, holders: [], repositories: [], problem: explain(error) };
  }
}

function common(
  { settings, limitSeconds, waitSeconds, signal, report }: CacheArgs,
  client: ApiClient,
  volume: CacheVolume,
) {
  const say = (message: string) => report(volume.worker, `${volume.side}: ${message}`);
  return { client, settings, volume, limitSeconds, waitSeconds, signal, report: say };
}
