import type { ApiClient } from "../../cluster/api-client.ts";
import type { Pod } from "../../cluster/pods.ts";
import { notReady } from "../../cluster/readiness.ts";
import { reasons } from "../../cluster/reasons.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import { describe, type KubernetesObject } from "../../render/kubernetes-object.ts";
import { livePods, whyStuck } from "./pods.ts";

/** A workload that gets a new image. */
export interface Rolled {
  readonly object: KubernetesObject;
  /** Why the workload, as it is now, does not declare the new image yet; nothing if it does. */
  readonly lacks: (live: KubernetesObject) => string | undefined;
}

export interface RolloutArgs {
  readonly client: ApiClient;
  readonly namespace: string;
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/** Waits until all workloads have their new image and are ready; fails with those that are not, and with stuck pods. */
export async function waitForRollout(args: RolloutArgs, all: readonly Rolled[]): Promise<void> {
  const { client, limitSeconds, signal, report } = args;
  let missing: (readonly [KubernetesObject, string])[] = [];
  let said = "";
  const look = async () => {
    const states = await Promise.all(all.map(async (one) => [one.object, await why(client, one)] as const));
    missing = states.flatMap(([object, reason]) => (reason === undefined ? [] : [[object, reason] as const]));
    const message = missing.map(([{ metadata }, reason]) => `${metadata.name}: ${reason}`).join("; ");
    if (message !== "" && message !== said) report(message);
    said = message;
    return missing.length === 0;
  };
  try {
    await until(look, { what: "the new images to run", limitSeconds, signal });
  } catch (error) {
    if (!(error instanceof EnvironmentError) || missing.length === 0 || signal.aborted) throw error;
    const list = await Promise.all(missing.map((one) => explained(client, one)));
    const stuck = await stuckPods(args);
    throw new EnvironmentError(
      [`Not all run after ${limitSeconds} s:`, ...list, ...advice(stuck)].join("\n"),
    );
  }
}

async function why(client: ApiClient, { object, lacks }: Rolled): Promise<string | undefined> {
  const live = await client.read(object);
  if (live === undefined) throw new UserError(`There is no ${describe(object)}. Bring the stack up first.`);
  return lacks(live) ?? notReady(live)?.reason;
}

async function explained(
  client: ApiClient,
  [object, reason]: readonly [KubernetesObject, string],
): Promise<string> {
  const lines = await reasons(client, object);
  return [`  ${describe(object)}: ${reason}`, ...lines.map((line) => `    ${line}`)].join("\n");
}

async function stuckPods({ client, namespace }: RolloutArgs): Promise<(readonly [Pod, string])[]> {
  const [pods, now] = await Promise.all([livePods(client, namespace), client.now()]);
  return pods.flatMap((pod) => {
    const reason = whyStuck(pod, now);
    return reason === undefined ? [] : [[pod, reason] as const];
  });
}

/** What there is to do about pods that get no further by themselves. */
function advice(stuck: readonly (readonly [Pod, string])[]): string[] {
  if (stuck.length === 0) return [];
  const names = stuck.map(([pod, reason]) => `  ${pod.metadata.name}: ${reason}`);
  const options = stuck.map(([pod]) => `--restart-stuck ${pod.metadata.name}`);
  return [
    "Stuck by themselves:",
    ...names,
    `To have them made anew, give the same command with ${options.join(" ")}`,
  ];
}
