import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

export interface ConfinedArgs {
  /** The module that Node runs. */
  readonly module: string;
  /** The files and folders that it may read besides, and nothing else. */
  readonly readable: readonly string[];
  /** What it finds on its standard input. */
  readonly input: string;
  readonly limits?: Partial<Limits>;
  /** Hears what of that this machine cannot do. */
  readonly report: (message: string) => void;
}

/** What a program that nobody trusts may take. */
export interface Limits {
  readonly seconds: number;
  readonly memoryMegabytes: number;
  readonly outcomeBytes: number;
}

const LIMITS: Limits = { seconds: 60, memoryMegabytes: 512, outcomeBytes: 16 * 2 ** 20 };

/** How a confined program ended. */
export interface Ended {
  /** What made it end. */
  readonly by: "itself" | "time" | "size";
  /** What it has written to its file descriptor 3. */
  readonly outcome: string;
  /** The end of what it has said of itself. */
  readonly said: string;
}

/** How much of what a program says is kept. */
const SAID_BYTES = 4096;

/**
 * Runs a module that nobody trusts in a process of its own: without the environment, no file but those that are
 * named, no program, no right to write, and limits of time, memory and output. Node's permission model holds it
 * everywhere. Where the system lets a user make namespaces, as Linux mostly does, it has besides no network, no other
 * process and no other file in sight. It ends with everything that it has started, and with this process.
 */
export async function confined(args: ConfinedArgs): Promise<Ended> {
  const limits = { ...LIMITS, ...args.limits };
  const root = mkdtempSync(join(tmpdir(), "packit-confined-"));
  const ignored = () => {};
  // Node starts its debugger on this signal, which any process of the same user may send.
  process.on("SIGUSR1", ignored);
  try {
    const node = realpathSync(process.execPath);
    const readable = [...new Set([args.module, ...args.readable].map((path) => realpathSync(path)))];
    const confine = await confinement(root, [node, ...readable]);
    if (confine === undefined) args.report(UNCONFINED);
    const command = [
      node,
      "--disable-warning=ExperimentalWarning",
      `--max-old-space-size=${limits.memoryMegabytes}`,
      "--permission",
      ...readable.map((path) => `--allow-fs-read=${path}`),
      realpathSync(args.module),
    ];
    return await limited([...(confine ?? []), ...bounded(limits), ...command], args.input, limits);
  } finally {
    process.off("SIGUSR1", ignored);
    rmSync(root, { recursive: true });
  }
}

const UNCONFINED =
  "this machine does not let a user make namespaces: only Node's own permissions hold the program, and before Node 25 they leave it the network";

/** No environment but a home, which Pulumi's SDK asks for, no core dump, and, where the system counts them, no more time and memory than it may have. */
function bounded({ memoryMegabytes, seconds }: Limits): string[] {
  // Besides its heap, Node takes memory for its code, its threads and its buffers.
  const kilobytes = (memoryMegabytes + 1024) * 1024;
  const script = `ulimit -c 0; ulimit -t ${seconds}; ulimit -d ${kilobytes}; exec /usr/bin/env -i HOME=/ "$@"`;
  return ["/bin/sh", "-c", script, "sh"];
}

/** The folders that programs of the system need. */
const SYSTEM = ["/usr", "/bin", "/lib", "/lib64"].filter((path) => existsSync(path));

/**
 * Shows its words, up to --, at the same places below a new root, for reading only, and runs the rest there without any
 * right, even in that namespace. It has a network of its own, in which there is nothing.
 */
const CONFINE = readFileSync(join(import.meta.dirname, "confine.sh"), "utf8");

/** The command that confines another one, if this machine can. */
async function confinement(root: string, visible: readonly string[]): Promise<string[] | undefined> {
  const confine = [
    ...["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", "/usr/bin/unshare"],
    ...["--map-root-user", "--net", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child"],
    ...["/bin/sh", "-c", CONFINE, "sh", root, ...SYSTEM, ...visible, "--"],
  ];
  const [command = "", ...words] = [...confine, "/usr/bin/env", "-i", "/usr/bin/true"];
  const tried = await execa(command, words, { reject: false, env: PATHS, extendEnv: false, stdin: "ignore" });
  return tried.failed ? undefined : confine;
}

/** Where what confines it finds its programs. */
const PATHS = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

function limited([program = "", ...words]: readonly string[], input: string, limits: Limits): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  // A group of its own, which is ended as a whole.
  const child = spawn(program, words, {
    cwd: "/",
    env: PATHS,
    detached: true,
    stdio: ["pipe", "ignore", "pipe", "pipe"],
  });
  const outcome: Buffer[] = [];
  let size = 0;
  let said = "";
  let by: Ended["by"] = "itself";
  const end = (why: Ended["by"]) => {
    by = by === "itself" ? why : by;
    try {
      process.kill(-(child.pid ?? Number.NaN), "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  };
  const timer = setTimeout(() => end("time"), limits.seconds * 1000);
  child.stderr?.on("data", (data: Buffer) => {
    said = `${said}${data}`.slice(-SAID_BYTES);
  });
  child.stdio[3]?.on("data", (data: Buffer) => {
    size += data.length;
    if (size > limits.outcomeBytes) end("size");
    else outcome.push(data);
  });
  // One that ends early does not read its input.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  child.on("error", reject);
  child.on("exit", () => end("itself"));
  child.on("close", () => {
    clearTimeout(timer);
    resolve({ by, outcome: Buffer.concat(outcome).toString(), said });
  });
  return promise;
}
