import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findProcesses, PARTS } from "../../local/processes.ts";
import { PATHS } from "./control-plane.ts";

/** The state of a socket that listens, by the kernel's include/net/tcp_states.h. */
const LISTENS = "0A";

describe.skipIf(process.platform !== "linux")("the local control plane", () => {
  it("listens to this machine alone", async () => {
    const processes = await findProcesses(PATHS);
    expect(processes.map(({ name }) => name).sort()).toEqual([...PARTS].sort());
    const addresses = processes.flatMap(({ pid, name }) =>
      listening(pid).map((address) => `${name} ${address}`),
    );
    expect(addresses).toContain("kube-apiserver 127.0.0.1");
    expect(addresses.filter((address) => !address.endsWith(" 127.0.0.1"))).toEqual([]);
    // It asks nobody who he is: others of this machine must not reach it.
    expect(addresses.filter((address) => address.startsWith("etcd "))).toEqual([]);
    expect(statSync(PATHS.state).mode & 0o077).toBe(0);
  });

  it("knows nothing of the environment of whoever started it", async () => {
    for (const { pid, name } of await findProcesses(PATHS)) {
      const names = readFileSync(`/proc/${pid}/environ`, "utf8")
        .split("\0")
        .flatMap((line) => line.split("=")[0] || []);
      expect(
        names.filter((one) => !["PATH", "HOME", "TMPDIR", "GOGC"].includes(one)),
        name,
      ).toEqual([]);
    }
  });
});

/** The addresses at which a process listens. */
function listening(pid: number): string[] {
  const own = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        // It was closed meanwhile.
        return [];
      }
    }),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENS && own.has(fields[9] ?? ""))
      .map((fields) => addressOf(fields[1]?.split(":")[0] ?? "")),
  );
}

/** An address as the kernel's table has it: hexadecimal, the bytes of each word turned round. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return bytes.length === 4 ? bytes.toReversed().join(".") : hex;
}
