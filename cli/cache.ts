import { basename, dirname, resolve } from "node:path";
import { defineCommand } from "citty";
import { Listr } from "listr2";
import type { Settings } from "../components/settings.ts";
import { UserError } from "../errors.ts";
import {
  type CacheArgs,
  chosenRepositories,
  chosenWorkers,
  fill,
  hasFailed,
  look,
  send,
} from "../operations/cache.ts";
import { cloneAt } from "../operations/cache-clone.ts";
import { cacheTable, type VolumeReport } from "../operations/cache-report.ts";
import { PROGRESS } from "../progress.ts";
import { lengthOf } from "../schema/duration.ts";
import { loadSettings } from "../settings/load.ts";
import { REPEATED, repeated } from "./arguments.ts";
import { JSON_OUTPUT, print, STACK, say, stackConfig, WHERE, type Where, whereOf } from "./options.ts";

const COMMON = {
  stack: STACK,
  worker: {
    type: "string",
    valueHint: `WORKER ${REPEATED}`,
    description: "A worker by its number or name; repeat it for more. Default: all",
  },
  limit: {
    type: "string",
    valueHint: "TIME",
    default: "1h",
    description: "After how long the cluster ends a Job",
  },
  context: { type: "string", description: "The kubeconfig's context. Default: the stack's" },
  ...WHERE,
  ...JSON_OUTPUT,
} as const;

const FILL = {
  ...COMMON,
  repository: {
    type: "string",
    valueHint: `URL ${REPEATED}`,
    description: "An address, or a name among the settings; repeat it for more. Default: all of the settings",
  },
  from: {
    type: "string",
    valueHint: "PATH",
    description: "A clone on this machine to stream to each volume",
  },
  wait: {
    type: "string",
    valueHint: "TIME",
    default: "10m",
    description: "How long to wait for a sandbox that holds a volume",
  },
} as const;

const fillCommand = defineCommand({
  meta: { name: "fill", description: "Bring the repositories on every cache volume up to date." },
  args: FILL,
  async run({ args, rawArgs }) {
    const settings = settingsOf(args.stack);
    const workers = chosenWorkers(settings, repeated(FILL, rawArgs, "worker"));
    const named = repeated(FILL, rawArgs, "repository");
    const waitSeconds = lengthOf("--wait", args.wait);
    const limitSeconds = lengthOf("--limit", args.limit);
    const rest = { settings, workers, access: accessOf(settings, args), waitSeconds, limitSeconds };
    if (args.from === undefined) {
      const repositories = chosenRepositories(settings, named);
      return show(rest, args.json, (cache) => fill(cache, repositories));
    }
    if (named.length > 1)
      throw new UserError("--from is one clone: name one --repository, as which it is kept.");
    const [as] = named.length === 1 ? chosenRepositories(settings, named) : [];
    const clone = await cloneAt(args.from, as?.name ?? nameOf(args.from));
    return show(rest, args.json, (cache) => send(cache, clone));
  },
});

const statusCommand = defineCommand({
  meta: { name: "status", description: "Say what is on every cache volume, and who mounts it." },
  args: COMMON,
  async run({ args, rawArgs }) {
    const settings = settingsOf(args.stack);
    const workers = chosenWorkers(settings, repeated(COMMON, rawArgs, "worker"));
    const limitSeconds = lengthOf("--limit", args.limit);
    const common = { settings, workers, access: accessOf(settings, args), limitSeconds, waitSeconds: 0 };
    await show(common, args.json, look);
  },
});

type Work = (args: CacheArgs) => Promise<VolumeReport[]>;

/** Shows a line for each worker while the work goes on, and a table at its end. Ctrl-C ends it in order. */
async function show(args: Omit<CacheArgs, "signal" | "report">, json: boolean, work: Work): Promise<void> {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (stop.signal.aborted) say("Still removing what was begun.");
      else stop.abort(new UserError("Stopped. Every pod that was begun is removed."));
    });
  const { namespace, sandboxNamespace } = args.settings;
  say(`In the context ${args.access.context}, in the namespaces ${namespace} and ${sandboxNamespace}:`);
  const lines = new Map<string, { output: string }>();
  const report = (worker: string, message: string) => {
    const line = lines.get(worker);
    if (line && line.output !== message) line.output = message;
  };
  const reports = work({ ...args, signal: stop.signal, report });
  // It is awaited below; until then, that it fails is no surprise.
  reports.catch(() => {});
  const tasks = args.workers.map((worker) => ({
    title: worker,
    task: async (_: unknown, task: { output: string }) => {
      lines.set(worker, task);
      await reports;
    },
  }));
  await new Listr(tasks, { ...PROGRESS, concurrent: true }).run().catch(() => {});
  const outcome = await reports;
  print(json, outcome, () => cacheTable(outcome));
  if (outcome.some(hasFailed)) process.exitCode = 1;
}

function settingsOf(stack: string): Settings {
  return loadSettings(stackConfig(stack), { kind: "redacted" });
}

function accessOf(
  { kubeContext }: Settings,
  { context, ...where }: Where & { context?: string | undefined },
) {
  if (where.local && context !== undefined)
    throw new UserError("--local and --context name two clusters. Give one of them.");
  return { context: context ?? kubeContext, ...whereOf(where) };
}

/** The name of a clone's folder, however the clone is named. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const folder = basename(whole) === ".git" ? dirname(whole) : whole;
  return basename(folder).replace(/\.git$/, "");
}

export const cache = defineCommand({
  meta: { name: "cache", description: "The repository caches of workers and sandboxes." },
  subCommands: { fill: fillCommand, status: statusCommand },
});
