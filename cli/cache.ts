import { basename, dirname, resolve } from "node:path";
import { defineCommand } from "citty";
import { Listr } from "listr2";
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
import { loadSettings, type Settings } from "../settings/load.ts";
import { readStackFile } from "../settings/stack-file.ts";
import { repeated } from "./repeated.ts";
import { ROOT } from "./root.ts";
import { run } from "./run.ts";

const COMMON = {
  stack: { type: "positional", description: "The stack: stage, prod …", required: true },
  worker: {
    type: "string",
    valueHint: "N",
    description: "A worker by its number or name; repeat it for more",
  },
  limit: { type: "string", default: "3600", description: "Seconds after which the cluster ends a Job" },
  context: { type: "string", description: "The kubeconfig's context. Default: the stack's" },
  kubeconfig: { type: "string", valueHint: "FILE", description: "Default: where kubectl looks" },
  json: { type: "boolean", default: false, description: "Print the outcome as JSON" },
} as const;

const fillCommand = defineCommand({
  meta: { name: "fill", description: "Bring the repositories on every cache volume up to date." },
  args: {
    ...COMMON,
    repository: {
      type: "string",
      valueHint: "URL",
      description:
        "An address, or a name among the settings; repeat it for more. Default: all of the settings",
    },
    from: {
      type: "string",
      valueHint: "PATH",
      description: "A clone on this machine to stream to each volume",
    },
    wait: {
      type: "string",
      default: "600",
      description: "Seconds to wait for a sandbox that holds a volume",
    },
  },
  async run({ args, rawArgs }) {
    const settings = settingsOf(args.stack);
    const workers = chosenWorkers(settings, repeated(rawArgs, "worker"));
    const named = repeated(rawArgs, "repository");
    const waitSeconds = seconds("wait", args.wait);
    const common = { settings, workers, access: accessOf(settings, args), waitSeconds };
    const rest = { ...common, limitSeconds: seconds("limit", args.limit) };
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
    const workers = chosenWorkers(settings, repeated(rawArgs, "worker"));
    const limitSeconds = seconds("limit", args.limit);
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
      if (stop.signal.aborted) process.stderr.write("Still removing what was begun.\n");
      else stop.abort(new UserError("Stopped. Every pod that was begun is removed."));
    });
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
  const list = new Listr(tasks, {
    concurrent: true,
    registerSignalListeners: false,
    renderer: json ? "silent" : "default",
    fallbackRenderer: json ? "silent" : "simple",
    rendererOptions: { showErrorMessage: false, collapseErrors: false },
  });
  await list.run().catch(() => {});
  const outcome = await reports;
  process.stdout.write(`${json ? JSON.stringify(outcome, null, 2) : cacheTable(outcome)}\n`);
  if (outcome.some(hasFailed)) process.exitCode = 1;
}

function settingsOf(stack: string): Settings {
  return loadSettings(readStackFile(ROOT, stack), { kind: "redacted" });
}

function accessOf(
  { kubeContext }: Settings,
  { context = kubeContext, kubeconfig }: { context?: string | undefined; kubeconfig?: string | undefined },
) {
  return { context, kubeconfig };
}

/** The name of a clone's folder, however the clone is named. */
function nameOf(path: string): string {
  const whole = resolve(path);
  const folder = basename(whole) === ".git" ? dirname(whole) : whole;
  return basename(folder).replace(/\.git$/, "");
}

function seconds(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UserError(`--${option} is "${text}". It takes a whole number of seconds above 0.`);
  return value;
}

await run(
  defineCommand({
    meta: { name: "cache", description: "The repository caches of workers and sandboxes." },
    subCommands: { fill: fillCommand, status: statusCommand },
  }),
);
