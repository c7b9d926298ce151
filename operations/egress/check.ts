import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import type { Settings } from "../../components/settings.ts";
import { activePools, WORKER } from "../../components/workers/pools.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { simulatedNode } from "../simulated-node.ts";
import { CHECK_CONTAINER, CHECK_LABEL, checkPod } from "./check-pod.ts";
import { type Tried, triedIn } from "./log.ts";
import type { Attempt, Target } from "./targets.ts";

export interface EgressArgs {
  readonly client: ApiClient;
  readonly settings: Settings;
  /** How long a pod may take, from its making to what it has to say, in seconds. */
  readonly limitSeconds: number;
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

/** What became of a try, from where, and why it was made. */
export interface Reached extends Tried, Pick<Target, "why"> {
  readonly from: string;
  readonly namespace: string;
  /** Whether the stack's own policies let nobody there reach that port. */
  readonly isClosed: boolean;
}

interface Pod extends KubernetesObject {
  readonly metadata: KubernetesObject["metadata"] & { readonly creationTimestamp?: string };
  readonly spec: { readonly nodeName?: string; readonly activeDeadlineSeconds?: number };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: { readonly reason?: string } };
    }[];
  };
}

const PODS = { apiVersion: "v1", kind: "Pod" };

/** The phases of a pod whose container has ended. */
const ENDED = ["Succeeded", "Failed"];

/**
 * Tries to reach hosts from pods that have the network of others. Each is removed again, however this ends; what a run
 * that was killed has left is removed first.
 */
export async function checkEgress(args: EgressArgs, all: readonly Attempt[]): Promise<Reached[]> {
  const { settings, signal } = args;
  await removeLeft(args, new Set(all.map(({ identity }) => identity.namespace)));
  const image = await workerImage(args.client, settings);
  signal.throwIfAborted();
  const tries = all.map((attempt) => one(args, attempt, image));
  // All are removed before the first that fails is told.
  await Promise.allSettled(tries);
  return (await Promise.all(tries)).flat();
}

async function one(args: EgressArgs, attempt: Attempt, image: string): Promise<Reached[]> {
  const { client, settings, limitSeconds } = args;
  const pod = checkPod({ settings, attempt, image, limitSeconds });
  const { name: from, namespace } = attempt.identity;
  try {
    args.report(
      `from ${namespace}, as ${from}: ${attempt.targets.length} ports, by the pod ${pod.metadata.name}`,
    );
    await client.create(pod, "packit-egress-check");
    const tried = await outcomeOf(args, pod);
    return attempt.targets.map(({ host, port, why }) => {
      const found = tried.find((one) => one.host === host && one.port === port);
      if (found === undefined)
        throw new EnvironmentError(`The pod ${pod.metadata.name} said nothing of ${host}:${port}.`);
      const isClosed = attempt.closed.some((one) => one.host === host && one.port === port);
      return { from, namespace, why, isClosed, ...found };
    });
  } finally {
    await remove(client, pod);
  }
}

/** What a pod has to say; an EnvironmentError where it never says it. Its last line is its end, whatever its phase. */
async function outcomeOf(
  { client, limitSeconds, signal }: EgressArgs,
  pod: KubernetesObject,
): Promise<Tried[]> {
  const { name, namespace = "" } = pod.metadata;
  const unknown = (why: string) =>
    new EnvironmentError(`What the pod ${namespace}/${name} found is not known: ${why}.`);
  let last: Pod | undefined;
  let unread: string | undefined;
  const look = async () => {
    // The API server gives it that form.
    last = (await client.read(pod)) as Pod | undefined;
    if (last === undefined) throw unknown("somebody has deleted it");
    const { phase = "", reason, message } = last.status ?? {};
    if (!["Running", ...ENDED].includes(phase)) return undefined;
    const answer = await client.askLog(namespace, name, CHECK_CONTAINER);
    const tried = answer.text === undefined ? undefined : triedIn(answer.text);
    if (tried !== undefined) return tried;
    const simulated = await simulatedNode(client, last.spec.nodeName);
    if (simulated !== undefined) throw unknown(simulated);
    if (answer.text === undefined) {
      unread = answer.problem;
      return undefined;
    }
    if (!ENDED.includes(phase)) return undefined;
    throw unknown(
      [message ?? reason, answer.text.trim().split("\n").at(-1)].filter(Boolean).join("; ") ||
        "it said nothing",
    );
  };
  try {
    return await until(look, { what: `what the pod ${namespace}/${name} finds`, limitSeconds, signal });
  } catch (error) {
    const why = signal.aborted ? undefined : (unread ?? whyNot(last));
    throw error instanceof EnvironmentError && why ? new EnvironmentError(`${error.message} ${why}`) : error;
  }
}

/** Why a pod does not run, if that is known. */
function whyNot(pod: Pod | undefined): string | undefined {
  const { conditions = [], containerStatuses = [] } = pod?.status ?? {};
  const waiting = containerStatuses.flatMap(({ state }) => state?.waiting?.reason ?? []);
  return conditions.find(({ status, message }) => status === "False" && message)?.message ?? waiting[0];
}

async function remove(client: ApiClient, pod: KubernetesObject): Promise<void> {
  await client.delete(pod);
  const gone = async () => (await client.read(pod)) === undefined;
  await until(gone, { what: `the pod ${pod.metadata.name} to be gone`, limitSeconds: 60 });
}

/** Removes pods of former runs that have ended, or whose time is over. */
async function removeLeft({ client, settings }: EgressArgs, namespaces: ReadonlySet<string>): Promise<void> {
  const now = (await client.now()).getTime();
  for (const namespace of namespaces) {
    const pods = (await client.list(PODS, { namespace, labels: { [CHECK_LABEL]: settings.stack } })) as Pod[];
    const left = pods.filter(({ metadata, spec, status }) => {
      const end = Date.parse(metadata.creationTimestamp ?? "") + (spec.activeDeadlineSeconds ?? 0) * 1000;
      return ENDED.includes(status?.phase ?? "") || end < now;
    });
    await Promise.all(left.map((pod) => remove(client, pod)));
  }
}

/** The image that the workers run, so that no other one need be pulled. */
async function workerImage(client: ApiClient, settings: Settings): Promise<string> {
  const { namespace } = settings;
  const [pool] = activePools(settings.workers);
  const name = pool?.name ?? WORKER;
  const found = await client.read({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace },
  });
  const { template } = (found?.spec ?? {}) as {
    readonly template?: {
      readonly spec: { readonly containers: readonly { name: string; image?: string }[] };
    };
  };
  const image = template?.spec.containers.find((one) => one.name === WORKER)?.image;
  if (image === undefined)
    throw new UserError(
      `There is no StatefulSet ${namespace}/${name}, whose image is run. Bring the stack up first.`,
    );
  return image;
}
