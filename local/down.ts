import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeStack as removeApplied } from "../cluster/apply.ts";
import type { KubernetesObject } from "../render/kubernetes-object.ts";
import { checkedStack } from "../settings/stack-name.ts";
import { isRunning, startControlPlane } from "./control-plane.ts";
import { kitIsBuilt, type Report } from "./kit.ts";
import type { Paths } from "./paths.ts";
import { killProcesses } from "./processes.ts";
import { isPulumiStack, type LocalPulumi, pulumiDestroy } from "./pulumi.ts";
import { localClient } from "./up.ts";

/** Where the controller manager keeps the folders of host-path volumes; each volume is one folder in it. */
const VOLUMES = "/tmp/hostpath_pv/";

/**
 * Removes one stack and all that belongs to it, its volumes too; the control plane goes on running. Returns whether
 * there was anything to remove.
 */
export async function removeStack({ paths, root, stack }: LocalPulumi, report: Report): Promise<boolean> {
  checkedStack(stack);
  if (!(await isBack(paths))) return false;
  const isPulumis = isPulumiStack({ paths, stack });
  if (isPulumis) await pulumiDestroy({ paths, root, stack }, report);
  const removed = await removeApplied(localClient(paths), stack);
  return isPulumis || removed.length > 0;
}

/** Stops the control plane and deletes everything of it: processes, data, volumes. The binaries stay. */
export async function removeControlPlane(paths: Paths): Promise<void> {
  const folders = (await isBack(paths)) ? await volumeFolders(paths) : [];
  await killProcesses(paths);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  rmSync(paths.state, { recursive: true, force: true });
}

/** Whether the control plane runs; one that was stopped, by a reboot perhaps, is started again with its data. */
async function isBack(paths: Paths): Promise<boolean> {
  if (await isRunning(paths)) return true;
  if (!existsSync(join(paths.state, "etcd")) || !kitIsBuilt(paths)) return false;
  return startControlPlane(paths).then(
    () => true,
    // Data that a killed start left half made cannot be started from; there are no volumes in it either.
    () => false,
  );
}

async function volumeFolders(paths: Paths): Promise<string[]> {
  interface Volume extends KubernetesObject {
    readonly spec: { readonly hostPath?: { readonly path: string } };
  }
  const volumes = await localClient(paths).list({ apiVersion: "v1", kind: "PersistentVolume" });
  const folders = (volumes as Volume[]).flatMap(({ spec }) => spec.hostPath?.path ?? []);
  return folders.filter((path) => path.startsWith(VOLUMES) && !path.includes(".."));
}
