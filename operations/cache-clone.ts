import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import type { Access } from "../cluster/access.ts";
import { CACHE_COMMAND } from "../components/repository-cache/fill-job.ts";
import { CACHE_CONTAINER, type CacheVolume } from "../components/repository-cache/settings.ts";
import { EnvironmentError, UserError } from "../errors.ts";
import { WITHOUT_CALLERS_REPOSITORY } from "../system/git-environment.ts";
import { readLog } from "./cache-log.ts";

/** A clone on this machine. */
export interface Clone {
  /** The name of its folder on the volumes, by which Packit finds it. */
  readonly name: string;
  readonly path: string;
  /** What its objects take. */
  readonly bytes: number;
}

/** Which refs of a clone are sent. */
// A remote's HEAD stands for a branch that is there by its own name.
const REFS = ["--branches", "--tags", "--exclude=refs/remotes/*/HEAD", "--glob=refs/remotes/*"];

/** Looks at a clone that is to be sent; refuses one that others cannot borrow from. */
export async function cloneAt(path: string, name: string): Promise<Clone> {
  const git = async (...args: string[]) => {
    const { stdout, failed, stderr } = await execa("git", ["-C", path, ...args], {
      reject: false,
      env: WITHOUT_CALLERS_REPOSITORY,
    });
    if (failed) throw new UserError(`--from ${path} is no clone that git can read: ${stderr.split("\n")[0]}`);
    return stdout;
  };
  if ((await git("rev-parse", "--is-shallow-repository")) === "true")
    throw new UserError(
      `--from ${path} is shallow, and git borrows from none. Run git fetch --unshallow there.`,
    );
  const promisors = await git("config", "--get-regexp", "^remote[.].*[.]promisor$").catch(() => "");
  if (promisors !== "")
    throw new UserError(
      `--from ${path} is a partial clone, which lacks objects. Clone it anew without --filter.`,
    );
  const bytes = Number(await git("rev-list", "--disk-usage", "--objects", ...REFS));
  return { name, path, bytes };
}

export interface SendCloneArgs {
  readonly access: Access;
  readonly volume: CacheVolume;
  /** The pod that holds the volume. */
  readonly pod: string;
  readonly clone: Clone;
  readonly signal: AbortSignal;
}

/** Streams a clone into the pod that holds a volume, where repository-cache.py unpacks and checks it. Returns what that said. */
export async function sendClone({ access, volume, pod, clone, signal }: SendCloneArgs): Promise<string> {
  const { kubeconfig, context } = access;
  const args = [
    ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig]),
    ...["--context", context, "--namespace", volume.namespace],
    ...["exec", "--stdin", pod, "--container", CACHE_CONTAINER, "--"],
    ...[...CACHE_COMMAND, "receive", clone.name, String(clone.bytes)],
  ];
  const options = { reject: false, cancelSignal: signal } as const;
  const receiver = execa(await kubectl(), args, options);
  const sender = execa("git", ["-C", clone.path, "bundle", "create", "--quiet", "-", ...REFS], {
    env: WITHOUT_CALLERS_REPOSITORY,
    ...options,
    buffer: { stdout: false },
  });
  // A receiver that ends early, as one without room does, says why itself.
  const endedEarly = await pipeline(sender.stdout, receiver.stdin).then(
    () => false,
    () => true,
  );
  const [sent, received] = await Promise.all([sender, receiver]);
  if (sent.failed && !endedEarly)
    throw new EnvironmentError(`git cannot read all of ${clone.path}: ${firstLine(sent.stderr)}`);
  const isTold = readLog(received.stdout).repositories.some(({ state }) => state !== "working");
  if (received.failed && !isTold) {
    const why = firstLine(received.stderr) || received.shortMessage;
    throw new EnvironmentError(`The clone could not be streamed to ${pod}: ${why}`);
  }
  return received.stdout;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

/** The client of whichever cluster is there: OpenShift's or Kubernetes'. */
async function kubectl(): Promise<string> {
  for (const name of ["oc", "kubectl"]) {
    const { failed } = await execa(name, ["version", "--client"], { reject: false });
    if (!failed) return name;
  }
  throw new EnvironmentError("Neither oc nor kubectl is on PATH; one of them streams the clone.");
}
