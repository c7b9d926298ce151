import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeStack as removeApplied } from "../cluster/apply.ts";
import { EnvironmentError, knownError } from "../errors.ts";
import { standInsDirectory } from "../settings/engine.ts";
import { checkedStack } from "../settings/stack-name.ts";
import { isRunning, startControlPlane } from "./control-plane.ts";
import { kitIsBuilt, type Report } from "./kit.ts";
import { whileAlive } from "./liveness.ts";
import type { Paths } from "./paths.ts";
import { findProcesses, killProcesses, PARTS } from "./processes.ts";
import { isPulumiStack, type LocalPulumi, type PulumiRun, pulumiDestroy } from "./pulumi.ts";
import { localClient } from "./up.ts";
import { removeEmptyVolumes, volumeFolders } from "./volumes.ts";

/** What removing a stack came to. */
export interface RemovedStack {
  /** How many objects of it there were; those that controllers made of them are not counted. */
  readonly objects: number;
  readonly byPulumi: boolean;
}

/** What removing the whole control plane came to. */
export interface RemovedAll {
  /** The parts that ran, in the order of their start. */
  readonly stopped: readonly string[];
  readonly volumes: number;
  /** Whether there was any data of it. */
  readonly hadData: boolean;
}

/**
 * Removes one stack and all that belongs to it, its volumes and stand-ins too; the control plane goes on running.
 * Returns nothing if nothing of the stack was there.
 */
export async function removeStack(
  { paths, root, stack }: LocalPulumi,
  run: PulumiRun,
): Promise<RemovedStack | undefined> {
  checkedStack(stack);
  const { report, signal = new AbortController().signal } = run;
  if (!(await isBack(paths, stack, run))) {
    removeStandIns(root, stack);
    removeEmpty(paths.state);
    return undefined;
  }
  const byPulumi = isPulumiStack({ paths, stack });
  const objects = await whileAlive(paths, signal, async (signal) => {
    if (byPulumi) await pulumiDestroy({ paths, root, stack }, { report, signal });
    report(`removing what there is of ${stack}`);
    return (await removeApplied(localClient(paths), stack)).length;
  });
  removeStandIns(root, stack);
  return byPulumi || objects > 0 ? { objects, byPulumi } : undefined;
}

/** Stops the control plane and deletes everything of it: processes, data, volumes. The binaries stay. */
export async function removeControlPlane(paths: Paths, report: Report = () => {}): Promise<RemovedAll> {
  const hadData = existsSync(join(paths.state, "etcd"));
  const running = (await findProcesses(paths)).map(({ name }) => name);
  if (running.length > 0) report(`stopping ${running.length} processes`);
  await killProcesses(paths);
  const folders = volumeFolders(join(paths.state, "etcd"));
  if (folders.length > 0) report(`deleting ${folders.length} volumes`);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  removeEmptyVolumes();
  rmSync(paths.state, { recursive: true, force: true });
  return { stopped: PARTS.filter((part) => running.includes(part)), volumes: folders.length, hadData };
}

/** Removes the stand-ins of a stack's secrets; without one, those of every stack and test instance. */
export function removeStandIns(root: string, stack?: string): void {
  const all = dirname(standInsDirectory(root, "any"));
  rmSync(stack === undefined ? all : standInsDirectory(root, stack), { recursive: true, force: true });
  removeEmpty(all);
}

/** What removing the whole control plane came to, in words. */
export function describeRemoved({ stopped, volumes, hadData }: RemovedAll): string {
  if (stopped.length === 0 && !hadData) return "There was no control plane here.";
  const processes = stopped.length > 0 ? `Stopped ${stopped.join(", ")}` : "Nothing of it ran";
  return `${processes}; deleted its data and ${volumes} volumes.`;
}

/** Whether the control plane runs; one that was stopped, by a reboot perhaps, is started again with its data. */
async function isBack(paths: Paths, stack: string, { report, signal }: PulumiRun): Promise<boolean> {
  if (await isRunning(paths)) return true;
  if (!existsSync(join(paths.state, "etcd")) || !kitIsBuilt(paths)) return false;
  report("the control plane does not run: starting it again, to see what is in it");
  try {
    await startControlPlane(paths, { report, signal });
    return true;
  } catch (error) {
    const why = knownError(error);
    if (why === undefined || signal?.aborted) throw error;
    throw new EnvironmentError(
      `${stack} cannot be removed alone: the control plane cannot be started. Everything goes with ./ops local down --all.\n${why.message}`,
    );
  }
}

/** Removes a folder if nothing is in it. */
function removeEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
