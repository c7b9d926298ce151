import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { localPaths } from "../local/paths.ts";
import { findProcesses } from "../local/processes.ts";

const ROOT = process.cwd();
const RUNS = 5;

/** Prints how long what users do takes on this machine, and how much memory it needs. Nothing is asserted. */
async function bench(): Promise<void> {
  const project = mkdtempSync(join(tmpdir(), "packit-bench-"));
  for (const name of ["Pulumi.yaml", "Pulumi.stage.yaml"])
    copyFileSync(join(ROOT, name), join(project, name));
  const paths = localPaths(join(project, ".local", "control-plane"));
  try {
    await measure("render stage, cold process", RUNS, () => cli(project, "render", "stage"));
    await measure("render stage through npm", RUNS, () =>
      execa("npm", ["run", "--silent", "render", "--", "stage"]),
    );
    await measure("local up, from nothing", 1, () => cli(project, "local", "up"));
    print("memory of the control plane", `${Math.round((await memory(paths)) / 1024)} MB`);
    await measure("local up, nothing to do", RUNS, () => cli(project, "local", "up"));
    await measure("local down", 1, () => cli(project, "local", "down", "--all"));
  } finally {
    await cli(project, "local", "down", "--all");
    rmSync(project, { recursive: true, force: true });
  }
}

function cli(cwd: string, name: string, ...args: string[]) {
  return execa(process.execPath, [join(ROOT, "cli", `${name}.ts`), ...args], { cwd });
}

async function measure(what: string, runs: number, work: () => Promise<unknown>): Promise<void> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  const [first = 0] = seconds;
  const sorted = seconds.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(runs / 2)] ?? first;
  const range = runs > 1 ? ` (${sorted[0]?.toFixed(2)} to ${sorted.at(-1)?.toFixed(2)}, ${runs} runs)` : "";
  print(what, `${median.toFixed(2)} s${range}`);
}

/** The resident memory of all processes of a control plane, in kilobytes. */
async function memory(paths: Parameters<typeof findProcesses>[0]): Promise<number> {
  const pids = (await findProcesses(paths)).map(({ pid }) => pid);
  const { stdout } = await execa("ps", ["-o", "rss=", "-p", pids.join()]);
  return stdout.split("\n").reduce((sum, line) => sum + Number(line), 0);
}

function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(32)}${figure}\n`);
}

await bench();
