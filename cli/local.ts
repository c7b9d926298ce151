import { defineCommand } from "citty";
import { namespacesOf } from "../components/stack/namespaces.ts";
import { UserError } from "../errors.ts";
import { describeRemoved, removeControlPlane, removeStack, removeStandIns } from "../local/down.ts";
import { LOCAL_CONTEXT } from "../local/kubeconfig.ts";
import { leftOfDown, leftOfUp } from "../local/left.ts";
import { withLock } from "../local/lock.ts";
import { runPhases } from "../local/phases.ts";
import { summary, timing } from "../local/summary.ts";
import { clusterPhases, type Engine, localClient, localSettings, stackPhases } from "../local/up.ts";
import { lengthOf } from "../schema/duration.ts";
import { whyStopped } from "../settings/stopped.ts";
import { interruptible } from "../system/interruption.ts";
import { JSON_OUTPUT, PATHS, print, refuseUnknown, STACK, say } from "./options.ts";
import { ROOT } from "./root.ts";

const up = defineCommand({
  meta: { name: "up", description: "Bring a stack up on a control plane on this machine." },
  args: {
    stack: STACK,
    engine: {
      type: "enum",
      options: ["apply", "pulumi"],
      default: "apply",
      description: "What brings it up",
    },
    limit: {
      type: "string",
      valueHint: "TIME",
      default: "1m",
      description: "How long the stack may take to be ready",
    },
    ...JSON_OUTPUT,
  },
  async run({ args: { stack, engine, limit, json } }) {
    const limitSeconds = lengthOf("--limit", limit);
    refuseUnknown(stack);
    await exclusively(
      (signal) => bringUp({ stack, engine, limitSeconds, json, signal }),
      () => leftOfUp(PATHS, stack),
    );
  },
});

interface Up {
  readonly stack: string;
  readonly engine: Engine;
  readonly limitSeconds: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

async function bringUp({ stack, engine, limitSeconds, json, signal }: Up): Promise<void> {
  const local = await localSettings(ROOT, stack);
  const namespaces = namespacesOf(local.settings);
  say(`Bringing ${stack} up on this machine. What this machine lacks is replaced:`);
  for (const { key, from, to, why } of local.overrides) say(`  ${key}: ${from} -> ${to}\n    ${why}`);
  const stackArgs = { ...local, paths: PATHS, root: ROOT, engine, limitSeconds };
  const seconds = await runPhases([...clusterPhases(PATHS), ...stackPhases(stackArgs)], signal);
  say(timing(seconds));
  const table = await summary(localClient(PATHS), namespaces, whyStopped(local.settings));
  const { kubeconfig, state } = PATHS;
  print(json, { stack, context: LOCAL_CONTEXT, kubeconfig, namespaces, seconds }, () =>
    [
      table,
      `Look around:  export KUBECONFIG=${kubeconfig}`,
      `              ${state}/kubectl get pods -n ${namespaces[0]}`,
      `Remove it:    ./ops local down ${stack}   everything: ./ops local down --all`,
    ].join("\n"),
  );
}

const down = defineCommand({
  meta: {
    name: "down",
    description: "Remove a stack from the local control plane, or the whole control plane.",
  },
  args: {
    stack: { ...STACK, required: false, description: "The stack to remove" },
    all: { type: "boolean", default: false, description: "Remove everything, and stop the control plane" },
  },
  async run({ args: { stack, all } }) {
    if (all === Boolean(stack)) throw new UserError("Name what to remove: a STACK, or --all for everything.");
    await exclusively(
      (signal) => (stack ? removeOne(stack, signal) : removeAll()),
      () => leftOfDown(PATHS, stack),
    );
  },
});

async function removeOne(stack: string, signal: AbortSignal): Promise<void> {
  say(`In the context ${LOCAL_CONTEXT}, on this machine:`);
  const removed = await removeStack({ paths: PATHS, root: ROOT, stack }, { report: say, signal });
  if (removed) return say(`${stack} is removed. The control plane goes on running.`);
  // A stack whose file is gone may be here all the same; one that neither has is a mistyped name.
  refuseUnknown(stack);
  say(`Nothing of ${stack} is here.`);
}

async function removeAll(): Promise<void> {
  say(describeRemoved(await removeControlPlane(PATHS, say)));
  removeStandIns(ROOT);
}

function exclusively(
  work: (signal: AbortSignal) => Promise<void>,
  left: () => Promise<string>,
): Promise<void> {
  const onWait = () => say("Another run is at work on this control plane; waiting for it.");
  return interruptible(
    (signal) => withLock({ folder: PATHS.state, limitSeconds: 1800, onWait, signal }, () => work(signal)),
    left,
  );
}

export const local = defineCommand({
  meta: { name: "local", description: "Packit Service on a control plane on this machine." },
  subCommands: { up, down },
});
