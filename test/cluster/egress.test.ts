import { realpathSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { UserError } from "../../errors.ts";
import { STORAGE_CLASS } from "../../local/fixtures.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { checkEgress } from "../../operations/egress/check.ts";
import { CHECK_LABEL, checkPod } from "../../operations/egress/check-pod.ts";
import { attempts, sandboxAttempt, targetsOf } from "../../operations/egress/targets.ts";
import type { Anything } from "../support/anything.ts";
import { command, project } from "../support/cli.ts";
import { PATHS } from "./control-plane.ts";
import { FEW_PARTS, TestStack } from "./stack.ts";

const ACCESS = { kubeconfig: PATHS.kubeconfig, context: LOCAL_CONTEXT };
const POOL = "packit-worker-short-running";
const stack = new TestStack("egress");
const PARTS = { ...FEW_PARTS, withFedmsg: true };
const settings = stack.settings(PARTS);
const targets = targetsOf(settings, []);
const WORKER = attempts(settings, targets);
const ALL = [...WORKER, sandboxAttempt(settings, [])];

beforeAll(() => stack.up(PARTS));
afterEach(async () => {
  vi.restoreAllMocks();
  expect(await left()).toEqual([]);
});

describe("pods that try to reach hosts", () => {
  it("are admitted under `restricted` and selected by the policies of whom they stand for, and tell what they found", async () => {
    const seen: Anything[] = [];
    const selected: Anything = {};
    vi.spyOn(ApiClient.prototype, "askLog").mockImplementation(async (namespace, name) => {
      const pod = (await stack.list("Pod", { namespace })).get(name);
      seen.push(pod);
      selected[name] = await policiesOf(namespace, name);
      return { text: saidBy(pod) };
    });
    const reached = await check(ALL);
    expect(reached).toHaveLength(ALL.flatMap((one) => one.targets).length);
    expect(reached.filter(({ outcome }) => outcome !== "open").map(({ host }) => host)).toEqual([]);
    expect(new Set(reached.map(({ from }) => from))).toEqual(
      new Set(["worker", "packit-service-fedmsg", "sandbox"]),
    );
    const of = (component: string | undefined) =>
      seen.find(({ metadata }) => metadata.labels.component === component)?.metadata.name;
    expect(selected[of(POOL) ?? ""]).toEqual(await policiesOf(stack.namespace, `${POOL}-0`));
    expect(selected[of(undefined) ?? ""]).toEqual(["default-deny", "internet"]);
    for (const { metadata, spec } of seen) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect(spec.volumes ?? []).toEqual([]);
      // No controller has taken it for its own.
      expect(metadata.ownerReferences).toBeUndefined();
      expect(spec.containers[0].image).toBe("packit-worker:stg");
    }
  });

  it("would be admitted in a namespace under `restricted` wherever they stand", async () => {
    for (const attempt of ALL) {
      const identity = { ...attempt.identity, namespace: stack.namespace, serviceAccount: "default" };
      const args = { settings, attempt: { ...attempt, identity }, image: "a:1", limitSeconds: 60 };
      await stack.client.tryCreate(checkPod(args));
    }
  });

  it("are removed when they say nothing, say half, or are refused, and another one goes on", async () => {
    const said = vi.spyOn(ApiClient.prototype, "askLog");
    said.mockResolvedValue({ text: "" });
    await expect(check(ALL)).rejects.toThrow("this cluster runs no containers");
    said.mockResolvedValue({ text: `{"lines":7}` });
    await expect(check(ALL)).rejects.toThrow("is not known");
    vi.spyOn(ApiClient.prototype, "create").mockRejectedValue(new UserError("no room"));
    await expect(check(ALL)).rejects.toThrow("no room");
  });

  it("are told of where they find no node", async () => {
    const nowhere = WORKER.map((one) => ({
      ...one,
      identity: { ...one.identity, nodeSelector: { env: "nowhere" } },
    }));
    await expect(check(nowhere, { limitSeconds: 2 })).rejects.toThrow(
      /Waited 2 s for what the pod .* nodes are available/,
    );
  });

  it("are removed when the command is ended by a signal", async () => {
    const stop = new AbortController();
    const running = check(lost(), { signal: stop.signal });
    running.catch(() => {});
    await begun();
    stop.abort(new UserError("Stopped."));
    await expect(running).rejects.toThrow("Stopped.");
  });

  it("of a killed run are removed by the next one once their time is over, and others are left alone", async () => {
    const [attempt] = WORKER;
    if (attempt === undefined) throw new Error("nobody tries");
    const made = (limitSeconds: number) =>
      stack.client.create(checkPod({ settings, attempt: lostOne(attempt), image: "a:1", limitSeconds }));
    const [over, running] = [await made(1), await made(3000)];
    const now = await stack.client.now();
    vi.spyOn(ApiClient.prototype, "now").mockResolvedValue(new Date(now.getTime() + 60_000));
    vi.spyOn(ApiClient.prototype, "askLog").mockResolvedValue({ text: "" });
    await expect(check(WORKER)).rejects.toThrow();
    expect(await stack.client.read(over)).toBeUndefined();
    expect(await stack.client.read(running)).toBeDefined();
    await stack.client.delete(running);
    await until(async () => (await left()).length === 0, { what: "the pod to be gone", limitSeconds: 20 });
  });

  it("change no policy", async () => {
    const before = await policies();
    vi.spyOn(ApiClient.prototype, "askLog").mockResolvedValue({ text: "" });
    await expect(check(ALL)).rejects.toThrow();
    expect(await policies()).toEqual(before);
  });
});

describe("./ops egress check", () => {
  it("says in which context it works, and what kind of cluster this is, and ends with 1", async () => {
    const { exitCode, stderr } = await ops("example.com:8080", "--sandbox");
    expect([exitCode, String(stderr)]).toEqual([
      1,
      expect.stringContaining("this cluster runs no containers"),
    ]);
    expect(String(stderr)).toContain(`In the context ${LOCAL_CONTEXT}:`);
  });

  it("refuses what is no host before anything is made", async () => {
    const { exitCode, stderr } = await ops("https://example.com");
    expect([exitCode, String(stderr)]).toEqual([1, expect.stringContaining("is no host that can be tried")]);
  });

  const LOST = { workers: { shortRunning: { nodeSelector: { env: "nowhere" } } } };
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("removes its pods on %s", async (signal) => {
    const run = ops("--limit", "5m", "--json", LOST);
    await begun();
    run.kill(signal);
    expect((await run).exitCode).toBeGreaterThan(128);
  });

  function ops(...args: readonly (string | object)[]) {
    const own = {
      deployment: "stg",
      kubeContext: LOCAL_CONTEXT,
      namespace: stack.namespace,
      platform: "openshift",
      storageClass: STORAGE_CLASS,
      hosts: { service: "s.packit.dev", dashboard: "d.packit.dev", workers: "w.packit.dev" },
      identity: { fasUser: "packit-stg" },
      ...args.find((one) => typeof one === "object"),
    };
    const lines = Object.entries(own).map(([key, value]) => `  packit:${key}: ${JSON.stringify(value)}\n`);
    const cwd = realpathSync(project({ "Pulumi.egress.yaml": `config:\n${lines.join("")}` }));
    const words = args.filter((one) => typeof one === "string");
    return command("egress", ["check", "egress", ...words, "--kubeconfig", PATHS.kubeconfig], { cwd });
  }
});

function check(
  all: typeof ALL,
  more: { readonly limitSeconds?: number; readonly signal?: AbortSignal } = {},
) {
  const client = new ApiClient(ACCESS);
  const signal = new AbortController().signal;
  return checkEgress({ client, settings, limitSeconds: 30, signal, report: () => {}, ...more }, all);
}

/** The same for pods that find no node, and so never end. */
const lost = () => WORKER.map(lostOne);
const lostOne = (one: (typeof ALL)[number]) => ({
  ...one,
  identity: { ...one.identity, nodeSelector: { env: "nowhere" } },
});

/** What a pod of this kind says where all is open. */
function saidBy({ spec }: Anything): string {
  const all: Anything[] = JSON.parse(spec.containers[0].command.at(-1));
  const lines = all.map(({ host, port }) => ({
    host,
    port,
    outcome: "open",
    addresses: ["192.0.2.1"],
    seconds: 0.1,
  }));
  return [...lines, { lines: all.length }].map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** The policies that select a pod, as the API server finds it by their selectors. */
async function policiesOf(namespace: string, pod: string): Promise<string[]> {
  const all = [...(await policies(namespace)).values()];
  const found = await Promise.all(
    all.map(async ({ metadata, spec }) => {
      const labels = spec.podSelector.matchLabels ?? {};
      const pods = await stack.client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels });
      return pods.some((one) => one.metadata.name === pod) ? [metadata.name] : [];
    }),
  );
  return found.flat().sort();
}

function policies(namespace = stack.namespace): Promise<Map<string, Anything>> {
  return stack.list("NetworkPolicy", { apiVersion: "networking.k8s.io/v1", namespace });
}

async function left(): Promise<string[]> {
  const lists = await Promise.all(
    [stack.namespace, stack.sandboxNamespace].map((namespace) =>
      stack.client.list({ apiVersion: "v1", kind: "Pod" }, { namespace, labels: CHECK_LABEL }),
    ),
  );
  return lists.flat().map(({ metadata }) => metadata.name);
}

async function begun(): Promise<void> {
  await until(async () => (await left()).length > 0, { what: "a pod to be made", limitSeconds: 30 });
}
