import { CACHE_CONTAINER } from "../components/repository-cache/settings.ts";
import { explain } from "../errors.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { ended, isPassing, type Pod, podOf, readOwn } from "./cache-job.ts";
import { proven, readLog } from "./cache-log.ts";
import { human, type VolumeReport } from "./cache-report.ts";
import type { VolumeWork } from "./cache-work.ts";
import { simulatedNode } from "./simulated-node.ts";

/** How long an API server may be out of reach before a run gives up. */
const OUTAGE_SECONDS = 300;

/** How long a node may be unable to give the log of a pod that has ended. */
const LOG_SECONDS = 15;

/** Watches a Job until it ends. What its pod has said must prove what it did: a Job that ended well is no word of it. */
export async function watch(
  work: VolumeWork,
  job: KubernetesObject,
  uid: string,
): Promise<Omit<VolumeReport, "volume" | "holders">> {
  const { client, signal, report, stream } = work;
  const { namespace = "" } = job.metadata;
  let begun: Promise<void> | undefined;
  let problem: string | undefined;
  let log = "";
  let received = "";
  let pod: Pod | undefined;
  let unread: string | undefined;
  let lastAnswer = Date.now();
  let endSeen: number | undefined;
  for (;;) {
    let end: ReturnType<typeof ended>;
    try {
      const known = await readOwn(client, job);
      const found = await podOf(client, job, uid);
      if (found) {
        const answer = await client.askLog(namespace, found.metadata.name, CACHE_CONTAINER);
        log = answer.text || log;
        unread = answer.text === undefined ? `its log cannot be read: ${answer.problem}` : undefined;
        report(progress(found, log));
        if (found.status?.phase === "Running")
          begun ??= stream?.into(found.metadata.name).then(
            (said) => {
              received = said;
            },
            (error) => {
              problem = explain(error);
            },
          );
      } else if (pod) unread = "its pod is gone";
      pod = found ?? pod;
      end = ended(known);
      lastAnswer = Date.now();
    } catch (error) {
      if (!isPassing(error) || Date.now() - lastAnswer > OUTAGE_SECONDS * 1000) throw error;
      report("the API server does not answer; trying again");
    }
    if (end !== undefined || problem !== undefined) {
      await begun;
      endSeen ??= Date.now();
      const { gap, ...known } = proven(`${log}\n${received}`, expectedOf(work));
      const isTold = known.repositories.some(({ state }) => state === "failed");
      const why = problem ?? (isTold ? undefined : withLastLine(end?.problem, log));
      if (gap === undefined || why !== undefined) return { ...known, ...(why && { problem: why }) };
      const simulated = log === "" ? await simulatedNode(client, pod?.spec.nodeName) : undefined;
      if (simulated !== undefined) return { ...known, problem: simulated };
      if (unread === undefined || Date.now() - endSeen > LOG_SECONDS * 1000)
        return { ...known, problem: unread === undefined ? gap : `${gap}: ${unread}` };
      report(`waiting for what it said: ${unread}`);
    }
    await pause(signal);
  }
}

/** The repositories of which its pod must tell how each ended. */
function expectedOf({ task: [, repositories = []], stream }: VolumeWork): readonly string[] {
  return stream ? [stream.repository] : repositories.map(({ name }) => name);
}

/** Where repository-cache.py itself broke, its last words say more than the Job does. */
function withLastLine(problem: string | undefined, log: string): string | undefined {
  const words = log.split("\n").findLast((line) => line.trim() !== "" && !line.startsWith("{"));
  return problem === undefined || words === undefined ? problem : `${problem}: ${words}`;
}

function progress({ status }: Pod, log: string): string {
  const { repositories } = readLog(log);
  const current = repositories.findLast(({ state }) => state === "working");
  if (current) {
    const { repository, bytes = 0, seconds = 0 } = current;
    return `${repository}, ${human(bytes)} in ${seconds} s`;
  }
  const unscheduled = status?.conditions?.find(
    ({ type, status }) => type === "PodScheduled" && status === "False",
  );
  return unscheduled?.message ?? `its pod is ${status?.phase ?? "not there yet"}`;
}

/** A second, or until the work is ended. */
export async function pause(signal: AbortSignal): Promise<void> {
  const ended = new Promise<never>((_, reject) => {
    const end = () => reject(signal.reason);
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    setTimeout(() => signal.removeEventListener("abort", end), 1000);
  });
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
}
