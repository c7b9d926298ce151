import { type ChildProcess, spawn } from "node:child_process";
import { openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../cluster/until.ts";
import { makeFolder } from "../system/make-folder.ts";
import type { BinaryName } from "./kit.ts";
import type { Paths } from "./paths.ts";

/** What runs, in the order in which it starts. */
export const PARTS: readonly BinaryName[] = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
];

/** Garbage is collected at four times what is live, not twice: a third less work for 150 MB more. */
const GOGC = "300";

/** A running process of a control plane. */
export interface Process {
  readonly pid: number;
  readonly name: BinaryName;
  /** What follows its binary on its command line. */
  readonly args: string;
}

/**
 * The processes of the control plane in `paths.state`. They are known by their command lines, which name both the
 * binary and that folder: nothing is lost with a killed command, and no other process is ever taken for one of them.
 */
export async function findProcesses(paths: Paths): Promise<Process[]> {
  const { stdout } = await execa("ps", ["-A", "-ww", "-o", "pid=,args="]);
  const kits = join(paths.cache, "control-plane-");
  return stdout.split("\n").flatMap((line) => {
    const [, pid, command = ""] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    // A home folder's name may hold blanks; those of a kit and of its binaries hold none.
    const [, binary, args = ""] = /^[^/\s]+\/(\S+)(.*)$/.exec(command.slice(kits.length)) ?? [];
    const name = PARTS.find((part) => part === binary);
    const isOwn = command.startsWith(kits) && args.includes(`=${paths.state}/`);
    return name !== undefined && isOwn ? [{ pid: Number(pid), name, args }] : [];
  });
}

/** Starts one binary of the kit, detached, so that it outlives this command; what it says goes into a log of its name. */
export function startProcess(
  paths: Paths,
  name: BinaryName,
  flags: Readonly<Record<string, string | number | boolean>>,
): ChildProcess {
  makeFolder(paths.logs);
  const log = openSync(join(paths.logs, `${name}.log`), "a");
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(join(paths.kit, name), args, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: paths.state,
    env: { ...inherited(), GOGC },
  });
  child.on("error", ({ message }) => writeSync(log, `${message}\n`));
  child.unref();
  return child;
}

/** What a process cannot do without; all else that the caller's environment holds may be secret. */
function inherited(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, ...(TMPDIR !== undefined && { TMPDIR }) };
}

/** Stops every process of the control plane, or those of some parts: asked first, then killed. */
export async function stopProcesses(paths: Paths, parts = PARTS): Promise<void> {
  const gone = async () => (await processesOf(paths, parts)).length === 0;
  await signal(paths, "SIGTERM", parts);
  const asked = await until(gone, { what: "the control plane's processes to end", limitSeconds: 3 }).catch(
    () => false,
  );
  if (asked === false) await killProcesses(paths, parts);
}

/** Ends every process of a control plane whose data nobody needs any more, or those of some parts. */
export async function killProcesses(paths: Paths, parts = PARTS): Promise<void> {
  await signal(paths, "SIGKILL", parts);
  await until(async () => (await processesOf(paths, parts)).length === 0, {
    what: "the killed processes to end",
    limitSeconds: 10,
  });
}

async function processesOf(paths: Paths, parts: readonly BinaryName[]): Promise<Process[]> {
  return (await findProcesses(paths)).filter(({ name }) => parts.includes(name));
}

async function signal(paths: Paths, name: NodeJS.Signals, parts: readonly BinaryName[]): Promise<void> {
  for (const { pid } of await processesOf(paths, parts)) {
    try {
      process.kill(pid, name);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}
