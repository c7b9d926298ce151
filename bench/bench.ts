import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { localPaths } from "../local/paths.ts";
import { findProcesses } from "../local/processes.ts";
import { engine } from "./engine.ts";
import { figures, print, seconds } from "./figures.ts";

const ROOT = process.cwd();
const RUNS = 5;

/** How many test instances are made one after another. */
const INSTANCES = 10;

/** Prints how long what users do takes on this machine, and how much memory it needs. Nothing is asserted. */
async function bench(): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), "packit-bench-"));
  for (const name of ["Pulumi.yaml", "Pulumi.stage.yaml", "Pulumi.prod.yaml"])
    copyFileSync(join(ROOT, name), join(project, name));
  symlinkSync(join(ROOT, "cli"), join(project, "cli"));
  const paths = localPaths(join(project, ".local", "control-plane"));
  try {
    await measure("render stage, cold process", RUNS, () => cli(project, "render", "stage"));
    await measure("./ops render stage", RUNS, () => execa(join(ROOT, "ops"), ["render", "stage"]));
    await measure("./ops diff, all stacks", RUNS, () => execa(join(ROOT, "ops"), ["diff", "--base", "HEAD"]));
    await measure("local up, from nothing", 1, () => cli(project, "local", "up", "stage"));
    print("memory of the control plane", `${Math.round((await memory(paths)) / 1024)} MB`);
    await measure("local up, nothing to do", RUNS, () => cli(project, "local", "up", "stage"));
    await testInstances(project);
    await cli(project, "local", "down", "stage");
    await engine(paths, ROOT);
    await measure("local down", 1, () => cli(project, "local", "down", "--all"));
  } finally {
    await cli(project, "local", "down", "--all");
    rmSync(project, { recursive: true, force: true });
  }
}

/** Ten test instances, one after another, from the command to all pods ready and gone again; their images are there already. */
async function testInstances(project: string): Promise<void> {
  const github = await fakeGitHub();
  const run = (...args: string[]) =>
    execa(process.execPath, [join(project, "cli", "ops.ts"), "test-instance", ...args, "--local"], {
      cwd: project,
      env: { GITHUB_API_URL: github.url },
    });
  const apply = ["--engine", "apply"];
  const images = ["service", "worker"].flatMap((name) => ["--image", `${name}=quay.io/packit/${name}:stg`]);
  const up: number[] = [];
  const down: number[] = [];
  try {
    await run("setup");
    for (let number = 1; number <= INSTANCES; number++) {
      up.push(await seconds(() => run("deploy", `packit-service=${number}`, ...apply, ...images)));
      down.push(await seconds(() => run("destroy", `ps-${number}`, ...apply)));
    }
  } finally {
    github.stop();
  }
  const [first = 1] = up;
  print(
    "test instance, ready",
    `${first.toFixed(2)} s the first, ${Math.max(...up).toFixed(2)} s at most of ${INSTANCES}`,
  );
  print("  slowest to first", (Math.max(...up) / first).toFixed(2));
  print("test instance, destroyed", `${Math.max(...down).toFixed(2)} s at most`);
}

/** Answers for any pull request as GitHub does for an open one. */
async function fakeGitHub(): Promise<{ url: string; stop: () => void }> {
  const head = { sha: "0".repeat(40), repo: { owner: { login: "packit" } } };
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ state: "open", labels: [], head }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close() };
}

function cli(cwd: string, name: string, ...args: string[]) {
  return execa(process.execPath, [join(cwd, "cli", "ops.ts"), name, ...args], { cwd });
}

async function measure(what: string, runs: number, work: () => Promise<unknown>): Promise<void> {
  const took: number[] = [];
  for (let run = 0; run < runs; run++) took.push(await seconds(work));
  print(what, figures(took));
}

/** The resident memory of all processes of a control plane, in kilobytes. */
async function memory(paths: Parameters<typeof findProcesses>[0]): Promise<number> {
  const pids = (await findProcesses(paths)).map(({ pid }) => pid);
  const { stdout } = await execa("ps", ["-o", "rss=", "-p", pids.join()]);
  return stdout.split("\n").reduce((sum, line) => sum + Number(line), 0);
}

await bench();
