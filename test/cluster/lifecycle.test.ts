import {
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { until } from "../../cluster/until.ts";
import { kitFile } from "../../local/kit.ts";
import { localPaths, type Paths } from "../../local/paths.ts";
import { findProcesses, startProcess, stopProcesses } from "../../local/processes.ts";
import { localClient } from "../../local/up.ts";
import { hasPulumi } from "../../operations/test-instances/pulumi-engine.ts";
import { newStackText } from "../../settings/new-stack.ts";
import type { Anything } from "../support/anything.ts";
import { command, project } from "../support/cli.ts";
import { FEW_PARTS } from "./stack.ts";
import { isReady, lose } from "./status.ts";

/** Whether Pulumi's own engine can be tried here. */
const HAS_PULUMI = await hasPulumi();

let cwd: string;
let paths: Paths;

beforeEach(() => {
  cwd = realpathSync(project());
  paths = localPaths(join(cwd, ".local", "control-plane"));
});

afterEach(async () => {
  if (existsSync(paths.state)) await local("down", "--all");
});

describe("make local", { timeout: 240_000 }, () => {
  it("brings stage up from nothing, says where everything runs, no secret, and why something is not ready; heals lost nodes; removes one of two stacks, then all", async () => {
    const { exitCode, stdout, stderr } = await local("up", "stage");
    expect(exitCode).toBe(0);
    expect(stderr).toContain("platform: managed-platform -> openshift");
    expect(stdout).toMatch(/packit-worker-long-running +│ …-0 +│ (stage|prod)-[01] +│ 4Gi Bound/);
    expect(stderr).toMatch(/Seconds: Binaries .*\n +total [0-9.]+/);
    expect(stdout).toContain(`export KUBECONFIG=${paths.kubeconfig}`);
    expect((await local("up", "stage")).stderr).toContain("0 changed");
    const other = await local("up", "stage", "--engine", "pulumi");
    expect([other.exitCode, other.stderr]).toEqual([
      1,
      expect.stringContaining("stage was brought up with --engine apply"),
    ]);
    const secrets = (await secretTexts()).map((text) => text.slice(0, 60));
    for (const secret of secrets) expect(`${stdout}${stderr}`).not.toContain(secret);
    const files = readdirSync(join(cwd, ".local"), { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile() && !one.parentPath.includes("/etcd"))) {
      const path = join(file.parentPath, file.name);
      const text = readFileSync(path, "utf8");
      const holdsSecret = secrets.some((secret) => text.includes(JSON.stringify(secret).slice(1, -1)));
      if (holdsSecret) expect(statSync(path).mode & 0o077, path).toBe(0);
    }
    expect(statSync(join(paths.state, "etcd")).mode & 0o077).toBe(0);
    await failsWithReasons();
    await healsLostNodes();
    await removesOneOfTwo();
  });

  it("can be killed at any moment: the next run takes over, nothing runs twice, and all can be removed; says what goes on running when it is stopped, names the part that dies, and leaves nothing of one that is broken", async () => {
    writeFileSync(join(cwd, "Pulumi.stage.yaml"), fewParts());
    for (const moment of [600, 2500]) {
      const run = local("up", "stage");
      await setTimeout(moment);
      run.kill("SIGKILL");
      await run;
    }
    const { exitCode, stderr } = await local("up", "stage");
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("every workload ready")]);
    const watch = execa(join(paths.state, "kubectl"), [
      `--kubeconfig=${paths.kubeconfig}`,
      "get",
      "pods",
      "-A",
      "--watch",
    ]);
    const names = (await findProcesses(paths)).map(({ name }) => name).sort();
    watch.kill();
    await watch.catch(() => {});
    expect(names).toEqual(["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]);
    // A control plane that was stopped is taken over, and what is stored in it removed.
    for (const { pid } of await findProcesses(paths)) process.kill(pid, "SIGKILL");
    const down = await local("down", "stage");
    expect(down.stderr).toMatch(
      /starting it again(.|\n)*removing what there is of stage(.|\n)*\nstage is removed\. .* goes on running/,
    );
    expect(await namespaces()).toEqual([]);
    await saysWhatGoesOnAndWhatIsBroken();
  });

  it("refuses a limit that is no length of time before it starts anything", async () => {
    const { exitCode, stderr } = await local("up", "stage", "--limit", "60");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('--limit is "60"')]);
    expect(existsSync(paths.state)).toBe(false);
  });
});

describe("make local-down", () => {
  it("removes nothing with nothing named", async () => {
    const { exitCode, stderr } = await local("down");
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Name what to remove")]);
  });

  it("has nothing to do where nothing is", async () => {
    const { exitCode, stderr } = await local("down", "stage");
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining("Nothing of stage is here.")]);
  });
});

describe.skipIf(!HAS_PULUMI)("with the real Pulumi engine", { timeout: 600_000 }, () => {
  it("the outcome is the same, a second run changes nothing, and destroy leaves nothing", async () => {
    writeFileSync(join(cwd, "Pulumi.stage.yaml"), fewParts());
    const first = await local("up", "stage", "--engine", "pulumi", "--limit", "2m");
    expect(first.exitCode).toBe(0);
    const state = readFileSync(
      join(paths.state, "pulumi", ".pulumi", "stacks", "packit", "stage.json"),
      "utf8",
    );
    for (const value of await secretTexts()) expect(state).not.toContain(JSON.stringify(value).slice(1, 40));
    const second = await local("up", "stage", "--engine", "pulumi");
    expect(second.stderr).toMatch(/\d+ unchanged/);
    expect(second.stderr).not.toMatch(/\d+ (created|updated|replaced)/);
    await importedByOpenshift("packit-service", "packit-service");
    await importedByOpenshift("packit-service-beat", "packit-service-beat");
    const changed = stage().replace("packit:packitConfig:\n", "packit:packitConfig:\n    admins: [me]\n");
    writeFileSync(join(cwd, "Pulumi.stage.yaml"), changed);
    const third = await local("up", "stage", "--engine", "pulumi", "--limit", "2m");
    expect(third.exitCode).toBe(0);
    expect((await local("up", "stage")).stderr).toContain("--engine pulumi");
    await local("down", "stage");
    expect(await namespaces()).toEqual([]);
  });
});

/** Expects a stack to fail, with the object and why, when something of it does not become ready. */
async function failsWithReasons(): Promise<void> {
  writeFileSync(join(cwd, "Pulumi.lost.yaml"), lost());
  const { exitCode, stderr } = await local("up", "lost", "--limit", "3s");
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining("Deployment packit--lost/packit-service-beat"),
  ]);
  expect(stderr).toContain("didn't match Pod's node affinity/selector");
  await local("down", "lost");
}

/** Expects a control plane whose nodes were lost, and whose kwok knows no way back, to be healed by the next run. */
async function healsLostNodes(): Promise<void> {
  const client = localClient(paths);
  const all = (kind: string): Promise<Anything[]> => client.list({ apiVersion: "v1", kind });
  await stopProcesses(paths, ["kwok"]);
  for (const node of await all("Node")) await lose(client, node, "Unknown");
  for (const pod of await all("Pod")) await lose(client, pod, "False");
  // As it was started before it had stages of this project.
  const { kubeconfig } = paths;
  startProcess(paths, "kwok", {
    kubeconfig,
    config: kitFile(paths, "stages.yaml"),
    "manage-all-nodes": true,
  });
  const back = async () => (await all("Node")).every(isReady);
  await until(back, { what: "the nodes to be back", limitSeconds: 30 });
  expect((await all("Pod")).some(isReady)).toBe(false);
  const { exitCode, stderr } = await local("up", "stage", "--limit", "90s");
  expect(exitCode, String(stderr)).toBe(0);
  expect(stderr).toContain("already running");
  expect((await all("Pod")).filter((pod) => !isReady(pod) && pod.status.phase === "Running")).toEqual([]);
  expect((await findProcesses(paths)).filter(({ name }) => name === "kwok")).toHaveLength(1);
}

/** Expects a run that is stopped, or whose control plane dies or is broken, to say so, and nothing to be left of it. */
async function saysWhatGoesOnAndWhatIsBroken(): Promise<void> {
  writeFileSync(join(cwd, "Pulumi.lost.yaml"), lost());
  const stopped = await whenLeft("beat", (run) => run.kill("SIGINT"));
  expect(stopped.exitCode).toBe(130);
  expect(stopped.stderr).toMatch(
    /Stopped\. The control plane goes on running: etcd, (.|\n)*go on +\.\/ops local up lost/,
  );
  const killed = await whenLeft("beat", async () => {
    for (const { pid, name } of await findProcesses(paths)) if (name === "etcd") process.kill(pid, "SIGKILL");
  });
  expect([killed.exitCode, killed.stderr]).toEqual([
    1,
    expect.stringMatching(/^etcd of the control plane does not run/m),
  ]);
  await stopProcesses(paths);
  truncateSync(join(paths.state, "etcd/member/snap/db"), 5000);
  const broken = await local("up", "stage");
  expect(broken.stderr).toMatch(/^etcd of the control plane does not run\.\n.*etcd\.log:\n.*(panic|fatal)/m);
  expect((await local("down", "lost")).stderr).toContain("./ops local down --all");
  const { stderr } = await local("down", "--all");
  expect(stderr).toMatch(/; deleted its data and \d volumes\.$/);
  expect(readdirSync(join(cwd, ".local"))).toEqual([]);
}

/** Expects two runs at once to wait for each other, and each stack, and at last everything, to go alone. */
async function removesOneOfTwo(): Promise<void> {
  const runs = await Promise.all([local("up", "stage"), local("up", "prod")]);
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(runs.map(({ stderr }) => stderr).join()).toContain("Another run is at work on this control plane");
  const own = ["packit--prod", "packit--prod-sandbox"];
  expect(await namespaces()).toEqual([...own, "packit--stg", "packit--stg-sandbox"]);
  await local("down", "stage");
  expect(await namespaces()).toEqual(own);
  expect(readdirSync(join(cwd, ".local", "stand-ins"))).toEqual(["prod"]);
  const volumes = await localClient(paths).list({ apiVersion: "v1", kind: "PersistentVolume" });
  const folders = volumes.map(({ spec }) => (spec as { hostPath: { path: string } }).hostPath.path);
  expect(folders.filter(existsSync)).toHaveLength(6);
  expect((await local("down", "--all")).exitCode).toBe(0);
  expect(await findProcesses(paths)).toEqual([]);
  expect([paths.state, ...folders].filter(existsSync)).toEqual([]);
  expect(readdirSync(join(cwd, ".local"))).toEqual([]);
}

/** Brings up a stack of which something cannot be ready, and does something once that alone is left. */
async function whenLeft(name: string, work: (run: ReturnType<typeof local>) => unknown) {
  const run = local("up", "lost", "--limit", "100s");
  let said = "";
  run.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const isLeft = async () => said.includes(`1 left: packit-service-${name}`);
  await until(isLeft, { what: `${name} to be all that is left`, limitSeconds: 60 });
  await work(run);
  return run;
}

function local(verb: "up" | "down", ...args: string[]) {
  return command("local", [verb, ...args], { cwd });
}

/** Puts a digest into a Deployment, as OpenShift's controller does for an ImageStream. */
async function importedByOpenshift(deployment: string, container: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/packit--stg/deployments/${deployment}`;
  const image = `quay.io/packit/${container}@sha256:${"a".repeat(64)}`;
  const patch = { spec: { template: { spec: { containers: [{ name: container, image }] } } } };
  const query = "?fieldManager=openshift-controller-manager";
  await localClient(paths).request("PATCH", path + query, patch, "application/strategic-merge-patch+json");
}

/** A stack whose beat no node can run. */
function lost(): string {
  const own = { stack: "lost", kubeContext: "lost", namespace: "packit--lost", domain: "apps.example.com" };
  return `${newStackText(stage(), own)}  packit:beat: { nodeSelector: { env: nowhere } }\n`;
}

/** Stage without the parts that a run is not about. */
function fewParts(): string {
  const { withBeat: _, ...left } = FEW_PARTS;
  const document = parseDocument(stage());
  for (const [key, value] of Object.entries(left)) document.setIn(["config", `packit:${key}`], value);
  return String(document);
}

function stage(): string {
  return readFileSync(join(cwd, "Pulumi.stage.yaml"), "utf8");
}

/** The contents of stage's Secrets, but for the names that are no secret. */
async function secretTexts(): Promise<string[]> {
  const kind = { apiVersion: "v1", kind: "Secret" };
  const secrets = await localClient(paths).list(kind, { namespace: "packit--stg" });
  const values = secrets.flatMap(({ data }) => Object.values(data as Record<string, string>));
  const texts = values.map((value) => Buffer.from(value, "base64").toString());
  return texts.filter((text) => !["packit", "postgres", "flower-boss", "0"].includes(text));
}

async function namespaces(): Promise<string[]> {
  const all = await localClient(paths).list({ apiVersion: "v1", kind: "Namespace" });
  return all
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith("packit--"))
    .sort();
}
