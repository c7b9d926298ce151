import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../cluster/api-client.ts";
import { cacheVolumes, repositoryOf } from "../../components/repository-cache/settings.ts";
import { hasFailed } from "../../operations/cache.ts";
import type { CacheClient } from "../../operations/cache-job.ts";
import type { VolumeReport } from "../../operations/cache-report.ts";
import { workOn } from "../../operations/cache-volume.ts";
import type { VolumeWork } from "../../operations/cache-work.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { settingsOf } from "../support/stacks.ts";

const SYSTEMD = repositoryOf({ url: "https://github.com/systemd/systemd" });
const DONE = '{"repository":"systemd","state":"done"}\n{"volume":{"bytes":2,"free":1},"lines":1}\n';
const settings = settingsOf("stage");
const [volume] = cacheVolumes("packit-worker-long-running-0", settings);

/** How a cluster treats the Job's pod; the Job itself ends well. */
interface Fate {
  /** What each look at the log is answered with; the last one again and again. */
  readonly logs: readonly (string | { readonly problem: string })[];
  /** The version of the kubelet, where nodes may be looked at. */
  readonly kubelet?: string;
  /** Whether the pod is gone when the Job has ended. */
  readonly isGone?: boolean;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a Job that ended well", () => {
  it("did what its pod's log proves", async () => {
    const report = await outcome({ logs: [DONE] });
    expect([report.problem, hasFailed(report)]).toEqual([undefined, false]);
  });

  it("is waited for to say it, where its node cannot tell at first", async () => {
    const report = await outcome({
      logs: [{ problem: "no route to host" }, { problem: "no route to host" }, DONE],
    });
    expect([report.problem, hasFailed(report)]).toEqual([undefined, false]);
  });

  it.each<[string, Fate, string]>([
    ["said nothing", { logs: [""], kubelet: "v1.33.1" }, "its pod said nothing"],
    ["said nothing, on a node that may not be looked at", { logs: [""] }, "its pod said nothing"],
    ["said half", { logs: [DONE.slice(0, -3)] }, "a part of what its pod said is missing"],
    [
      "said what nobody understands",
      { logs: ["\u0000\u0001 systemd done"] },
      "did not say what became of systemd",
    ],
    [
      "has a node that cannot give its log",
      { logs: [{ problem: "dial tcp 10.0.0.1:10250: connect: connection refused" }], kubelet: "v1.33.1" },
      "its pod said nothing: its log cannot be read: dial tcp 10.0.0.1:10250: connect: connection refused",
    ],
    ["is gone with what it said", { logs: [""], isGone: true }, "its pod said nothing: its pod is gone"],
    [
      "ran nowhere",
      { logs: [{ problem: "no kubelet" }], kubelet: "kwok-v0.8.0" },
      "no word from its pod: this cluster runs no containers, as kwok simulates its node node-0",
    ],
  ])("is no success where its pod %s", async (_, fate, problem) => {
    const report = await outcome(fate);
    expect(report.problem).toContain(problem);
    expect(hasFailed(report)).toBe(true);
  });

  it("is no success where a streamed clone's receiver said nothing, or of another one", async () => {
    for (const said of ["", DONE.replace("systemd", "kernel")]) {
      const stream = { repository: "systemd", into: async () => said };
      const report = await outcome({ logs: [""], kubelet: "v1.33.1" }, { task: ["hold"], stream });
      expect(hasFailed(report), said).toBe(true);
    }
    const stream = { repository: "systemd", into: async () => DONE };
    expect(hasFailed(await outcome({ logs: [""] }, { task: ["hold"], stream }))).toBe(false);
  });

  it("that only looked proves by its last line that it named all", async () => {
    const there = '{"repository":"a","state":"there"}\n{"repository":"b","state":"there"}\n';
    const last = '{"volume":{"bytes":2,"free":1},"lines":2}\n';
    const look = (log: string) => outcome({ logs: [log] }, { task: ["status"] });
    expect(hasFailed(await look(there + last))).toBe(false);
    for (const log of [there, last, there.split("\n")[1] + last])
      expect(hasFailed(await look(log)), log).toBe(true);
  });
});

/** The report of work on a volume whose pod has a fate. */
async function outcome(fate: Fate, more: Partial<VolumeWork> = {}): Promise<VolumeReport> {
  const common = { settings, volume, limitSeconds: 60, waitSeconds: 1, report: () => {} };
  const signal = new AbortController().signal;
  const work = { ...common, signal, client: clientWith(fate), task: ["fill", [SYSTEMD]] as const, ...more };
  const report = workOn(work);
  await vi.advanceTimersByTimeAsync(60_000);
  return report;
}

/** A cluster with one Job and its pod: at the first look the pod runs, at the second the Job is complete. */
function clientWith({ logs, kubelet, isGone = false }: Fate): CacheClient {
  let job: Anything;
  let looks = 0;
  let asked = 0;
  const isComplete = () => looks > 1;
  const read = async ({ kind }: KubernetesObject): Promise<Anything> => {
    if (kind === "Job" && job !== undefined) {
      looks += 1;
      return isComplete() ? { ...job, status: { conditions: [{ type: "Complete", status: "True" }] } } : job;
    }
    if (kind !== "Node") return kind === "PersistentVolumeClaim" ? {} : undefined;
    if (kubelet === undefined) throw new ApiError(403, "nodes are forbidden");
    return { status: { nodeInfo: { kubeletVersion: kubelet } } };
  };
  const pod: Anything = {
    metadata: { name: "filler" },
    spec: { nodeName: "node-0" },
    status: { phase: "Running" },
  };
  return {
    read,
    list: async () => (job === undefined || (isGone && isComplete()) ? [] : [pod]),
    create: async (object) => {
      job = { ...object, metadata: { ...object.metadata, uid: "uid" } };
      return job;
    },
    delete: async () => {
      job = undefined;
    },
    askLog: async () => {
      const answer = logs[Math.min(asked, logs.length - 1)] ?? "";
      asked += 1;
      return typeof answer === "string" ? { text: answer } : answer;
    },
  };
}
