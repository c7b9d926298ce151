import { defineCommand } from "citty";
import { UserError } from "../errors.ts";
import { describeRemoved, removeControlPlane, removeStack, removeStandIns } from "../local/down.ts";
import { leftOfDown, leftOfUp } from "../local/left.ts";
import { withLock } from "../local/lock.ts";
import { localPaths } from "../local/paths.ts";
import { runPhases } from "../local/phases.ts";
import { summary, timing } from "../local/summary.ts";
import { clusterPhases, type Engine, localClient, localSettings, stackPhases } from "../local/up.ts";
import { namespacesOf } from "../settings/namespaces.ts";
import { whyStopped } from "../settings/stopped.ts";
import { interruptible } from "../system/interruption.ts";
import { ROOT } from "./root.ts";
import { run } from "./run.ts";

const PATHS = localPaths(`${ROOT}/.local/control-plane`);

const up = defineCommand({
  meta: { name: "up", description: "Bring a stack up on a control plane on this machine." },
  args: {
    stack: { type: "string", default: "stage", description: "The stack: stage, prod …" },
    engine: {
      type: "enum",
      options: ["apply", "pulumi"],
      default: "apply",
      description: "What brings it up",
    },
    limit: { type: "string", default: "60", description: "Seconds that the stack may take to be ready" },
  },
  async run({ args: { stack, engine, limit } }) {
    const limitSeconds = Number(limit);
    if (!(limitSeconds > 0 && Number.isFinite(limitSeconds))) {
      throw new UserError(`--limit is "${limit}". It takes a number of seconds above 0, for example 60.`);
    }
    await exclusively(
      (signal) => bringUp(stack, engine, limitSeconds, signal),
      () => leftOfUp(PATHS, stack),
    );
  },
});

async function bringUp(
  stack: string,
  engine: Engine,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<void> {
  const local = await localSettings(ROOT, stack);
  const namespaces = namespacesOf(local.settings);
  print(`Bringing ${stack} up on this machine. What this machine lacks is replaced:`);
  for (const { key, from, to, why } of local.overrides) print(`  ${key}: ${from} -> ${to}\n    ${why}`);
  const stackArgs = { ...local, paths: PATHS, root: ROOT, engine, limitSeconds };
  const seconds = await runPhases([...clusterPhases(PATHS), ...stackPhases(stackArgs)], signal);
  print(await summary(localClient(PATHS), namespaces, whyStopped(local.settings)));
  print(timing(seconds));
  print(`Look around:  export KUBECONFIG=${PATHS.kubeconfig}`);
  print(`              ${PATHS.state}/kubectl get pods -n ${namespaces[0]}`);
  print(`Remove it:    ./ops local down ${stack}   everything: ./ops local down --all`);
}

const down = defineCommand({
  meta: {
    name: "down",
    description: "Remove a stack from the local control plane, or the whole control plane.",
  },
  args: {
    stack: { type: "string", description: "The stack to remove" },
    all: { type: "boolean", default: false, description: "Remove everything, and stop the control plane" },
  },
  async run({ args: { stack, all } }) {
    if (all === Boolean(stack))
      throw new UserError("Name what to remove: --stack NAME, or --all for everything.");
    await exclusively(
      (signal) => takeDown(stack, signal),
      () => leftOfDown(PATHS, stack),
    );
  },
});

async function takeDown(stack: string | undefined, signal: AbortSignal): Promise<void> {
  if (stack) {
    const removed = await removeStack({ paths: PATHS, root: ROOT, stack }, { report: print, signal });
    print(
      removed ? `${stack} is removed. The control plane goes on running.` : `Nothing of ${stack} is here.`,
    );
  } else {
    print(describeRemoved(await removeControlPlane(PATHS, print)));
    removeStandIns(ROOT);
  }
}

function exclusively(
  work: (signal: AbortSignal) => Promise<void>,
  left: () => Promise<string>,
): Promise<void> {
  const onWait = () => print("Another run is at work on this control plane; waiting for it.");
  return interruptible(
    (signal) => withLock({ folder: PATHS.state, limitSeconds: 1800, onWait, signal }, () => work(signal)),
    left,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await run(
  defineCommand({
    meta: { name: "local", description: "Packit Service on a control plane on this machine." },
    subCommands: { up, down },
  }),
);
