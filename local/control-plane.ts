import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { until } from "../cluster/until.ts";
import type { WaitArgs } from "../cluster/wait.ts";
import { makeFolder } from "../system/make-folder.ts";
import { credentials } from "./credentials.ts";
import { furnish } from "./furnish.ts";
import type { BinaryName } from "./kit.ts";
import { isReady, writeKubeconfig } from "./kubeconfig.ts";
import { startKwok } from "./kwok.ts";
import { refuseDead, whileAlive } from "./liveness.ts";
import type { Paths } from "./paths.ts";
import { findProcesses, PARTS, startProcess, stopProcesses } from "./processes.ts";
import { prepareVolumes } from "./volumes.ts";

/** Admission plugins beyond the API server's defaults: the first reads a namespace's default tolerations. */
const ADMISSION = "PodTolerationRestriction,PodNodeSelector";

/** How many requests a second the controllers may send; they have the API server for themselves. */
const CLIENT = { "kube-api-qps": 500, "kube-api-burst": 1000 };

/**
 * Where etcd listens, which asks nobody who he is: sockets in the folder of the state, which is its user's alone. It wants
 * a port in their names.
 */
const ETCD = "unix://etcd.sock:0";
const ETCD_PEER = "unix://etcd-peer.sock:0";

/** All but kwok, which plays what the others have been furnished with. */
const SERVERS = PARTS.filter((part) => part !== "kwok");

/** Whether all parts of the control plane run and its API server answers; a busy one is given a while to do so. */
export async function isRunning(paths: Paths): Promise<boolean> {
  const names = (await findProcesses(paths)).map(({ name }) => name);
  if (!PARTS.every((part) => names.includes(part))) return false;
  const answer = until(() => isReady(paths), { what: "the API server to answer", limitSeconds: 10 });
  return answer.catch(() => false);
}

/**
 * Starts the control plane, or leaves it alone if it runs, and puts into it what it must have. What a killed run left is
 * stopped; its data is kept.
 */
export async function startControlPlane(
  paths: Paths,
  { signal = new AbortController().signal, ...rest }: Pick<WaitArgs, "report" | "signal">,
): Promise<"started" | "running"> {
  prepareVolumes();
  const wasRunning = await isRunning(paths);
  if (!wasRunning) await startServers(paths, signal);
  const furnished = (signal: AbortSignal) => furnish(paths, { ...rest, signal });
  await whileAlive(paths, signal, furnished, SERVERS);
  await startKwok(paths, signal);
  await refuseDead(paths);
  return wasRunning ? "running" : "started";
}

async function startServers(paths: Paths, signal: AbortSignal): Promise<void> {
  await stopProcesses(paths);
  makeFolder(paths.state, 0o700);
  rmSync(paths.logs, { recursive: true, force: true });
  const port = await freePort();
  const keys = credentials(paths);
  const at = (...names: string[]) => join(paths.state, ...names);

  startProcess(paths, "etcd", {
    "data-dir": at("etcd"),
    "listen-client-urls": ETCD,
    "advertise-client-urls": ETCD,
    "listen-peer-urls": ETCD_PEER,
    "initial-advertise-peer-urls": ETCD_PEER,
    "initial-cluster": `default=${ETCD_PEER}`,
    "unsafe-no-fsync": true,
  });
  startProcess(paths, "kube-apiserver", {
    "etcd-servers": ETCD,
    "bind-address": "127.0.0.1",
    "secure-port": port,
    "cert-dir": at("certificates"),
    "token-auth-file": keys.tokenFile,
    "authorization-mode": "RBAC",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": keys.serviceAccountKeyFile,
    "service-account-signing-key-file": keys.serviceAccountKeyFile,
    "service-cluster-ip-range": "10.0.0.0/16",
    "enable-admission-plugins": ADMISSION,
    profiling: false,
    // Whose turn it is matters where many ask; here it takes a fifth of the time of each small request.
    "enable-priority-and-fairness": false,
  });
  const certificate = at("certificates", "apiserver.crt");
  const needed = ["etcd", "kube-apiserver"] as const;
  await alive(paths, needed, { what: "the API server to write its certificate", signal }, async () =>
    existsSync(certificate),
  );
  writeKubeconfig(paths, { port, token: keys.token, certificate: readFileSync(certificate) });
  await alive(paths, needed, { what: "the API server to be ready", signal }, () => isReady(paths));

  rmSync(at("kubectl"), { force: true });
  symlinkSync(join(paths.kit, "kubectl"), at("kubectl"));
  const kubeconfig = paths.kubeconfig;
  startProcess(paths, "kube-controller-manager", {
    kubeconfig,
    "leader-elect": false,
    "secure-port": 0,
    "service-account-private-key-file": keys.serviceAccountKeyFile,
    "root-ca-file": certificate,
    "enable-hostpath-provisioner": true,
    ...CLIENT,
  });
  startProcess(paths, "kube-scheduler", { kubeconfig, "leader-elect": false, "secure-port": 0, ...CLIENT });
}

/** Waits for a condition, and fails at once with the end of its log if one of the parts that it needs dies. */
async function alive(
  paths: Paths,
  parts: readonly BinaryName[],
  wait: { readonly what: string; readonly signal?: AbortSignal | undefined },
  condition: () => Promise<boolean>,
): Promise<void> {
  const looked = async () => {
    if (await condition()) return true;
    await refuseDead(paths, parts);
    return false;
  };
  await until(looked, { ...wait, what: `${wait.what}; see ${paths.logs}`, limitSeconds: 60 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
