import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CLIENT_PROBE } from "../../components/configuration/client-probe.ts";
import { temporaryFolder } from "../support/folder.ts";
import { LOGIN } from "./database.ts";
import type { Tool } from "./tools.ts";
import { VALKEY_PASSWORD } from "./valkey.ts";

export interface ProbeArgs {
  /** The process in the place of its container's first one. */
  readonly pid?: number;
  /** The pod's name. @default - the machine's */
  readonly pod?: string;
  /** What the script is told, as the client is. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Probed {
  readonly passes: boolean;
  readonly said: string;
  /** Seconds of a processor that it took. */
  readonly cpuSeconds: number;
}

/** Runs the script as the kubelet does. */
export async function probe(
  python: Tool,
  args: readonly string[],
  { pid, pod, env }: ProbeArgs,
): Promise<Probed> {
  const script = join(temporaryFolder(), "client.py");
  const text = pid === undefined ? CLIENT_PROBE : put(CLIENT_PROBE, "/proc/1/stat", `/proc/${pid}/stat`);
  const named = pod === undefined ? text : put(text, "os.uname().nodename", JSON.stringify(pod));
  writeFileSync(script, put(named, "TIMEOUT_SECONDS = 10", "TIMEOUT_SECONDS = 2"));
  const { stdout } = await python.run(["-c", MEASURE, script, ...args], { env });
  const [measured = "", ...said] = stdout.split("\n").reverse();
  const [code, cpuSeconds] = JSON.parse(measured);
  return { passes: code === 0, said: said.reverse().join("\n"), cpuSeconds };
}

export type ClientEnvironment = ReturnType<typeof clientEnvironment>;

/** What a client of both stores is told. */
export function clientEnvironment(host: string, valkeyPort: number) {
  return {
    ...LOGIN,
    POSTGRESQL_HOST: host,
    POSTGRESQL_DATABASE: "packit",
    REDIS_SERVICE_HOST: "127.0.0.1",
    REDIS_SERVICE_PORT: String(valkeyPort),
    REDIS_PASSWORD: VALKEY_PASSWORD,
  };
}

const MEASURE = `
import os, sys
child = os.posix_spawn(
    sys.executable,
    [sys.executable, *sys.argv[1:]],
    os.environ,
    file_actions=[(os.POSIX_SPAWN_DUP2, 1, 2)],
)
_, status, used = os.wait4(child, 0)
print(f"[{os.waitstatus_to_exitcode(status)}, {used.ru_utime + used.ru_stime}]")
`;

/** A text with a part of it, which must be there, replaced. */
function put(text: string, part: string, by: string): string {
  if (!text.includes(part)) throw new Error(`The script holds no ${part}.`);
  return text.replaceAll(part, by);
}
