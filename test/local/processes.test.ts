import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import { until } from "../../cluster/until.ts";
import type { Paths } from "../../local/paths.ts";
import { findProcesses, killProcesses } from "../../local/processes.ts";
import { temporaryFolder } from "../support/folder.ts";

describe("the processes of a control plane", () => {
  it.each(["home", "a home with blanks"])("are its own alone, and end alone, in %s", async (home) => {
    const at = (name: string) => join(temporaryFolder(), home, name);
    const [paths, other] = [pathsIn(at("one")), pathsIn(at("two"))];
    const own = started(join(paths.kit, "etcd"), `--data-dir=${paths.state}/etcd`);
    const strangers = [
      started(join(paths.kit, "etcd"), `--data-dir=${paths.state}-2/etcd`),
      started(join(paths.kit, "kubectl"), `--kubeconfig=${paths.state}/kubeconfig`),
      started(join(other.kit, "etcd"), `--data-dir=${paths.state}/etcd`),
    ];
    const runs = async () => (await findProcesses(paths)).length > 0;
    await until(runs, { what: "the process to be there", limitSeconds: 10 });
    expect(await findProcesses(paths)).toEqual([
      { pid: own.pid, name: "etcd", args: expect.stringContaining(`--data-dir=${paths.state}/etcd`) },
    ]);
    await killProcesses(paths);
    expect((await own).signal).toBe("SIGKILL");
    // Signal 0 asks whether the process is there, and fails where it is not.
    for (const { pid = 0 } of strangers) expect(process.kill(pid, 0)).toBe(true);
  });
});

function pathsIn(folder: string): Paths {
  const cache = join(folder, "cache");
  const state = join(folder, "state");
  return {
    state,
    cache,
    kit: join(cache, "control-plane-0"),
    kubeconfig: join(state, "kubeconfig"),
    logs: join(state, "logs"),
  };
}

/** A process of a command line like that of a part; it does nothing. */
function started(binary: string, flag: string) {
  mkdirSync(join(binary, ".."), { recursive: true });
  try {
    symlinkSync(process.execPath, binary);
  } catch {
    // A former one has made it.
  }
  const child = execa(binary, ["-e", "setTimeout(() => {}, 60_000)", "--", flag], { reject: false });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}
