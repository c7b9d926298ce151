import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Access } from "../../cluster/access.ts";
import { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { cacheVolumes, repositoryOf } from "../../components/repository-cache/settings.ts";
import type { Settings } from "../../components/settings.ts";
import { EnvironmentError } from "../../errors.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { chosenWorkers, fill, hasFailed } from "../../operations/cache.ts";
import { workOn } from "../../operations/cache-volume.ts";
import { loadSettings } from "../../settings/load.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import type { Anything } from "../support/anything.ts";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { PATHS } from "./control-plane.ts";
import { barePod, FEW_PARTS, TestStack } from "./stack.ts";

const JOBS = { apiVersion: "batch/v1" };
const POOL = "packit-worker-long-running";
const SYSTEMD = "https://github.com/systemd/systemd";
const REPOSITORY = ["--repository", SYSTEMD];
const ACCESS = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };

/** What a filler's pod says on a cluster that runs containers, which this one does not. */
const SAID = `{"repository":"systemd","state":"done"}\n{"volume":{"bytes":2,"free":1},"lines":1}\n`;
const NO_WORD = expect.stringContaining("no word from its pod: this cluster runs no containers");

const stack = new TestStack("cache");
const longRunning = (replicas: number) => ({ ...FEW_PARTS, workers: { longRunning: { replicas } } });

beforeAll(() => stack.up(longRunning(2)));
afterEach(() => vi.restoreAllMocks());

describe("cache volumes", () => {
  it.each([1, 2, 5])("are there for each of %i workers, and for its sandbox", async (count) => {
    await stack.up(longRunning(count));
    const workers = Array.from({ length: count }, (_, i) => `${POOL}-${i}`);
    const [own, sandboxes] = await claims();
    expect(own).toEqual(
      expect.arrayContaining(workers.map((name) => `packit-worker-repository-cache-${name}`)),
    );
    expect(sandboxes).toEqual(
      expect.arrayContaining(workers.map((name) => `sandcastle-repository-cache-${name}`)),
    );
    // Packit deletes claims of such names that no pod holds.
    expect(sandboxes.filter((name) => name.endsWith("-pvc"))).toEqual([]);
  });

  it("stay when the pool is scaled down, and are the same ones when it is scaled up", async () => {
    const before = await uids();
    await stack.up(longRunning(2));
    expect(await uids()).toEqual(before);
    await stack.up(longRunning(5));
    expect(await uids()).toEqual(before);
    await stack.up(longRunning(2));
  });
});

describe("./ops cache", () => {
  it("fills every volume by a Job, a worker's after its sandbox's, and leaves none", async () => {
    vi.spyOn(ApiClient.prototype, "askLog").mockResolvedValue({ text: SAID });
    const run = filled();
    const seen = await jobsUntil(run);
    const reports = await run;
    expect(reports.filter(hasFailed)).toEqual([]);
    expect(reports.map(({ volume }) => [volume.worker, volume.side])).toEqual(
      [0, 1].flatMap((i) => ["sandbox", "worker"].map((side) => [`${POOL}-${i}`, side])),
    );
    for (const i of [0, 1]) {
      const [sandbox, worker] = [stack.sandboxNamespace, stack.namespace].map((namespace) =>
        seen.find(({ metadata }) => metadata.namespace === namespace && metadata.name.endsWith(`-${i}`)),
      );
      expect(Date.parse(worker.metadata.creationTimestamp)).toBeGreaterThanOrEqual(
        Date.parse(sandbox.metadata.creationTimestamp),
      );
      const { affinity, volumes } = worker.spec.template.spec;
      expect(JSON.stringify(affinity.podAffinity)).toContain(
        `"statefulset.kubernetes.io/pod-name":"${POOL}-${i}"`,
      );
      expect(volumes[0].persistentVolumeClaim.claimName).toBe(`packit-worker-repository-cache-${POOL}-${i}`);
      expect(sandbox.spec.template.spec.affinity).toBeUndefined();
    }
    expect(await left()).toEqual([]);
  });

  it("says of pods that said nothing what kind of cluster this is, and takes it for no success", async () => {
    const { exitCode, stdout } = await cache("fill", ...REPOSITORY, "--worker", "0", "--json");
    const reports: Anything[] = JSON.parse(String(stdout));
    expect([exitCode, reports.map(({ problem }) => problem)]).toEqual([
      1,
      [NO_WORD, expect.stringContaining("left as it is")],
    ]);
    expect(reports[0].repositories).toEqual([{ repository: "systemd", state: "unknown" }]);
  });

  it("tells who mounts each volume, and what keeps it from telling what is on it", async () => {
    const { exitCode, stdout } = await cache("status", "--json");
    expect(exitCode).toBe(1);
    const reports: Anything[] = JSON.parse(String(stdout));
    expect(reports.map(({ problem }) => problem)).toEqual(Array(4).fill(NO_WORD));
    expect(reports.map(({ holders }) => holders)).toEqual([[], [`${POOL}-0`], [], [`${POOL}-1`]]);
    expect(await left()).toEqual([]);
  });

  it("waits for a sandbox that holds a volume, says whose pod it is, and leaves that worker's volumes alone", async () => {
    const claim = `sandcastle-repository-cache-${POOL}-1`;
    const sandbox = barePod(stack.sandboxNamespace, "sandcastle-of-a-task", {
      volumes: [{ name: "cache", persistentVolumeClaim: { claimName: claim } }],
    });
    await stack.client.create(sandbox);
    const { exitCode, stdout } = await cache("fill", ...REPOSITORY, "--wait", "1s", "--json");
    await stack.client.delete(sandbox);
    const problems = JSON.parse(String(stdout)).map(({ problem }: Anything) => problem);
    expect([exitCode, problems]).toEqual([
      1,
      [
        NO_WORD,
        expect.stringContaining("left as it is"),
        expect.stringContaining(`the pod sandcastle-of-a-task of ${POOL}-1 holds it`),
        expect.stringContaining("left as it is"),
      ],
    ]);
    expect(await left()).toEqual([]);
  });

  it("removes its pods when it is ended by a signal, and by another one after that", async () => {
    const run = cacheThatHangs("600s");
    await begun(2);
    run.kill("SIGHUP");
    run.kill("SIGINT");
    const { exitCode, stderr } = await run;
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Every pod that was begun is removed")]);
    expect(await left()).toEqual([]);
  });

  it("is kept from a volume on which another one is at work", async () => {
    const stop = new AbortController();
    const settings = settingsIn(configured(HANGING));
    const first = expect(filled({ settings, signal: stop.signal })).rejects.toThrow("no longer");
    await begun(2);
    const [report] = await filled({ named: ["0"] });
    expect(report?.problem).toContain("Somebody else is at work on it");
    stop.abort(new Error("no longer"));
    await first;
    expect(await left()).toEqual([]);
  });

  it("leaves nothing behind after the Jobs' own deadline when it is killed", async () => {
    const run = cacheThatHangs("2s");
    await begun(2);
    run.kill("SIGKILL");
    await run;
    const podless = async () => (await left()).every((name) => !/-[a-z0-9]{5}$/.test(name));
    await until(podless, { what: "the pods of a killed command to be gone", limitSeconds: 30 });
    // The cluster deletes ended Jobs five minutes later; here and now it is told to at once.
    for (const job of await jobs()) {
      expect(job.spec.ttlSecondsAfterFinished).toBe(300);
      const path = `/apis/batch/v1/namespaces/${job.metadata.namespace}/jobs/${job.metadata.name}`;
      await stack.client.request(
        "PATCH",
        path,
        { spec: { ttlSecondsAfterFinished: 0 } },
        "application/merge-patch+json",
      );
    }
    const gone = async () => (await left()).length === 0;
    await until(gone, { what: "the Jobs of a killed command to be gone", limitSeconds: 60 });
  });

  it("says that there are no volumes before the stack is there", async () => {
    const settings = settingsIn(configured({ namespace: "packit--nowhere" }));
    const reports = await filled({ settings });
    expect(reports.map(({ problem }) => problem)).toContainEqual(
      expect.stringContaining("There is no volume claim"),
    );
    expect(reports.every(hasFailed)).toBe(true);
  });
});

describe("work on a volume", () => {
  it("goes on when requests fail for a while, and removes a Job whose creation was not answered", async () => {
    vi.spyOn(ApiClient.prototype, "askLog").mockResolvedValue({ text: SAID });
    const settings = ownSettings();
    const [volume] = cacheVolumes(`${POOL}-0`, settings);
    const signal = new AbortController().signal;
    const work = { settings, volume, signal, limitSeconds: 600, waitSeconds: 1, report: () => {} };
    const run = (client: ApiClient) => workOn({ ...work, client, task: ["fill", []] });
    expect((await run(new FailingClient(ACCESS, "read", 3))).problem).toBeUndefined();
    expect((await run(new FailingClient(ACCESS, "delete", 1))).problem).toBeUndefined();
    await expect(run(new FailingClient(ACCESS, "create", 1))).rejects.toThrow("the connection is lost");
    expect(await left()).toEqual([]);
  });
});

/** A client that loses the answer to its nth request of a kind. */
class FailingClient extends ApiClient {
  constructor(access: Access, kind: "read" | "delete" | "create", nth: number) {
    super(access);
    let count = 0;
    const original = this[kind].bind(this) as (...args: unknown[]) => Promise<unknown>;
    Object.assign(this, {
      [kind]: async (...args: unknown[]) => {
        const answer = await original(...args);
        count += 1;
        if (count === nth) throw new EnvironmentError("the connection is lost");
        return answer;
      },
    });
  }
}

describe("the CronJob that refreshes caches", () => {
  const changes = {
    ...longRunning(2),
    repositoryCache: {
      refresh: { enabled: true },
      repositories: [{ url: "https://github.com/systemd/systemd" }],
    },
  };

  it("fills each pair of volumes in order by its own rights, and removes its Jobs, though requests fail", async () => {
    await stack.up(changes);
    const { stdout } = await refresh();
    expect(stdout.split("\n").filter((line) => line.startsWith(POOL))).toEqual(
      [0, 1].flatMap((i) =>
        ["sandbox", "worker"].map((side) => expect.stringMatching(`^${POOL}-${i}, ${side}: .*Complete`)),
      ),
    );
    expect(await left()).toEqual([]);
  });

  it("leaves a worker's volume alone when its sandbox's fails, and goes on with the next", async () => {
    const { exitCode, stdout } = await refresh((job) => {
      if (job.metadata.namespace !== stack.sandboxNamespace || !job.metadata.name.endsWith("-0")) return;
      job.spec.template.spec.nodeSelector = { env: "nowhere" };
      job.spec.activeDeadlineSeconds = 1;
    });
    const lines = stdout.split("\n").filter((line) => line.startsWith(POOL));
    expect([exitCode, lines]).toEqual([
      1,
      [
        expect.stringMatching(`^${POOL}-0, sandbox: .*Failed`),
        expect.stringMatching(`^${POOL}-1, sandbox: .*Complete`),
        expect.stringMatching(`^${POOL}-1, worker: .*Complete`),
      ],
    ]);
    expect(await left()).toEqual([]);
  });

  /** Runs what the CronJob's pod runs, as its account, with the Jobs that its ConfigMap holds. */
  async function refresh(change: (job: Anything) => void = () => {}) {
    const objects = (await stack.objects(changes)) as Anything[];
    const one = (kind: string) =>
      objects.find((object) => object.kind === kind && object.metadata.name === "repository-cache-refresh");
    const folder = temporaryFolder();
    const [jobs, bin] = [join(folder, "jobs"), join(folder, "bin")];
    for (const path of [jobs, bin]) mkdirSync(path);
    for (const [name, text] of Object.entries<string>(one("ConfigMap").data)) {
      const job = JSON.parse(text);
      change(job);
      writeFileSync(join(jobs, name), JSON.stringify(job));
    }
    const account = `system:serviceaccount:${stack.namespace}:repository-cache-refresh`;
    const kubectl = `${join(PATHS.state, "kubectl")} --kubeconfig=${PATHS.kubeconfig} --as=${account}`;
    // The first request of each kind fails.
    const fail = `case "$1" in get | delete) mkdir "${folder}/$1" 2> /dev/null && exit 1 ;; esac`;
    writeFileSync(join(bin, "oc"), `#!/bin/sh\n${fail}\nexec ${kubectl} "$@"\n`);
    chmodSync(join(bin, "oc"), 0o755);
    const [container] = one("CronJob").spec.jobTemplate.spec.template.spec.containers;
    const [file, ...args] = container.command;
    const env = { FOLDER: jobs, PAUSE_SECONDS: "1", PATH: `${bin}:${process.env.PATH}` };
    return execa(file, args, { env, reject: false });
  }
});

/** Runs the command for the stack of this file. */
function cache(verb: "fill" | "status", ...args: string[]) {
  return cacheIn(configured({}), verb, ...args);
}

/** What the command does to fill volumes, done here. */
function filled({
  settings = ownSettings(),
  named = [],
  signal = new AbortController().signal,
}: {
  settings?: Settings;
  named?: readonly string[];
  signal?: AbortSignal;
} = {}) {
  const workers = chosenWorkers(settings, named);
  const limits = { limitSeconds: 600, waitSeconds: 600 };
  const args = { settings, access: ACCESS, workers, ...limits, signal, report: () => {} };
  return fill(args, [repositoryOf({ url: SYSTEMD })]);
}

/** Settings with which pods find no node. */
const HANGING = { repositoryCache: { nodeSelector: { env: "nowhere" } } };

/** A run of the program that goes on until it is ended. */
function cacheThatHangs(limit: string) {
  return cacheIn(configured(HANGING), "fill", ...REPOSITORY, "--limit", limit);
}

function cacheIn(cwd: string, verb: "fill" | "status", ...args: string[]) {
  const where = ["--kubeconfig", PATHS.kubeconfig, "--context", LOCAL_CONTEXT];
  return command("cache", [verb, "cache", ...args, ...where], { cwd });
}

function ownSettings(): Settings {
  return settingsIn(configured({}));
}

function settingsIn(folder: string): Settings {
  return loadSettings(readStackFile(folder, "cache"), { kind: "redacted" });
}

/** A project with a stack file for the stack of this file. */
function configured(more: object): string {
  const own = {
    deployment: "stg",
    kubeContext: "none",
    namespace: stack.namespace,
    platform: "openshift",
    storageClass: STORAGE_CLASS,
    hosts: { service: "s.packit.dev", dashboard: "d.packit.dev", workers: "w.packit.dev" },
    identity: { fasUser: "packit-stg" },
    ...longRunning(2),
    ...more,
  };
  const config = Object.entries(own).map(([key, value]) => `  packit:${key}: ${JSON.stringify(value)}\n`);
  return realpathSync(project({ "Pulumi.cache.yaml": `config:\n${config.join("")}` }));
}

/** The Jobs that are there while a command runs, each once. */
async function jobsUntil(run: Promise<unknown>): Promise<Anything[]> {
  const seen = new Map<string, Anything>();
  let ended = false;
  const end = run.finally(() => {
    ended = true;
  });
  while (!ended) {
    for (const job of await jobs()) seen.set(`${job.metadata.namespace}/${job.metadata.name}`, job);
    // A Job is there for a second and more.
    await setTimeout(200);
  }
  await end;
  return [...seen.values()];
}

async function jobs(): Promise<Anything[]> {
  const lists = await Promise.all(
    [stack.namespace, stack.sandboxNamespace].map((namespace) => stack.list("Job", { ...JOBS, namespace })),
  );
  return lists
    .flatMap((list) => [...list.values()])
    .filter(({ metadata }) => metadata.name.startsWith("repository-cache"));
}

/** What of fillers is there: Jobs and pods. */
async function left(): Promise<string[]> {
  const pods = await Promise.all(
    [stack.namespace, stack.sandboxNamespace].map((namespace) => stack.list("Pod", { namespace })),
  );
  const names = pods
    .flatMap((list) => [...list.keys()])
    .filter((name) => name.startsWith("repository-cache"));
  return [...(await jobs()).map(({ metadata }) => metadata.name), ...names];
}

async function begun(count: number): Promise<void> {
  const there = async () => (await jobs()).length >= count;
  await until(there, { what: `${count} Jobs to be made`, limitSeconds: 30 });
}

async function claims(): Promise<[string[], string[]]> {
  const [own, sandboxes] = await Promise.all(
    [stack.namespace, stack.sandboxNamespace].map((namespace) =>
      stack.list("PersistentVolumeClaim", { namespace }),
    ),
  );
  return [[...(own?.keys() ?? [])], [...(sandboxes?.keys() ?? [])]];
}

async function uids(): Promise<Map<string, string>> {
  const list = await stack.list("PersistentVolumeClaim", { namespace: stack.sandboxNamespace });
  return new Map([...list].map(([name, { metadata }]) => [name, metadata.uid]));
}
