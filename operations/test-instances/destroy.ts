import { globSync } from "node:fs";
import { join } from "node:path";
import type { ApiClient } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import { type Context, slotsOf } from "./context.ts";
import { removeWorktree } from "./program.ts";
import { type Held, LostSlot } from "./slots.ts";

/** How long namespaces may take to be gone unless it is said, in seconds. */
const LIMIT_SECONDS = 120;

/**
 * Removes an instance, whatever of it is there, and gives its slot back once nothing is left. Returns whether there was
 * anything. Fails with what keeps objects from going.
 */
export async function destroy(
  context: Context,
  name: string,
  limitSeconds = LIMIT_SECONDS,
): Promise<boolean> {
  const slots = slotsOf(context);
  const held = (await slots.held()).find((one) => one.name === name);
  const marked = held && (await mark(context, held));
  const had = await removeAll(context, name, limitSeconds);
  // Only the slot as it was marked: another one may have been taken since.
  if (marked) await slots.release(marked);
  return had || held !== undefined;
}

/** Says that it goes: nobody deploys it anew from now on, and who is at it stops. */
async function mark(context: Context, held: Held): Promise<Held> {
  try {
    return await slotsOf(context).update(held, { state: "destroying" });
  } catch (error) {
    if (!(error instanceof LostSlot)) throw error;
    throw new UserError(`${held.name} has just been changed by somebody else. Look at it, and try again.`);
  }
}

/** Removes everything of an instance but its lease. */
export async function removeAll(
  context: Context,
  name: string,
  limitSeconds = LIMIT_SECONDS,
): Promise<boolean> {
  const { client, engine, root, report } = context;
  await engine.forget(name, report);
  const namespaces = namespacesOf(name).map(namespace);
  const there = await Promise.all(namespaces.map((one) => client.read(one)));
  const present = namespaces.filter((_, i) => there[i] !== undefined);
  await removeClaims(client, present);
  await Promise.all(present.map((one) => client.delete(one)));
  await waitUntilGone(client, present, limitSeconds);
  for (const folder of globSync(join(root, ".local", "worktrees", `${name}-??????????`))) {
    await removeWorktree(root, folder);
  }
  return present.length > 0;
}

/** The namespace controller comes back to what has a finalizer only after a while: claims, whose pods hold them. */
async function removeClaims(client: ApiClient, namespaces: readonly KubernetesObject[]): Promise<void> {
  await Promise.all(
    namespaces.map(async ({ metadata: { name } }) => {
      const workloads = ["Deployment", "StatefulSet"].map((kind) => ({ apiVersion: "apps/v1", kind }));
      const lists = await Promise.all(workloads.map((kind) => client.list(kind, { namespace: name })));
      await Promise.all(lists.flat().map((object) => client.delete(object)));
      const claims = await client.list(
        { apiVersion: "v1", kind: "PersistentVolumeClaim" },
        { namespace: name },
      );
      await Promise.all(claims.map((claim) => client.delete(claim)));
    }),
  );
}

async function waitUntilGone(
  client: ApiClient,
  namespaces: readonly KubernetesObject[],
  limitSeconds: number,
): Promise<void> {
  const left = async () => {
    const read = await Promise.all(namespaces.map((one) => client.read(one)));
    return read.flatMap((one) => one ?? []);
  };
  const gone = async () => (await left()).length === 0;
  try {
    await until(gone, { what: "namespaces to be gone", limitSeconds, everyMs: 250 });
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    const blocked = await Promise.all((await left()).map((one) => reasons(client, one)));
    throw new EnvironmentError(
      `Not everything is gone after ${limitSeconds} s:\n${blocked.flat().join("\n")}`,
    );
  }
}

/** What keeps a namespace: the objects in it that have finalizers, or what it says itself. */
async function reasons(client: ApiClient, object: KubernetesObject): Promise<string[]> {
  const { name } = object.metadata;
  const kinds = (await client.listableResources()).filter(({ namespaced }) => namespaced);
  // Who may not list a kind learns of it only from what the namespace says.
  const lists = await Promise.all(
    kinds.map((kind) => client.list(kind, { namespace: name }).catch((): KubernetesObject[] => [])),
  );
  const stuck = lists.flat().flatMap((one) => {
    const { finalizers = [] } = one.metadata as { readonly finalizers?: readonly string[] };
    return finalizers.length > 0
      ? [`${one.kind} ${one.metadata.name} has the finalizers ${finalizers.join(", ")}`]
      : [];
  });
  const { status } = object as KubernetesObject & {
    readonly status?: { readonly conditions?: readonly { status: string; message: string }[] };
  };
  const said = (status?.conditions ?? [])
    .filter((one) => one.status === "True")
    .map(({ message }) => message);
  const why = stuck.length > 0 ? stuck : said.length > 0 ? said : ["the cluster does not say why"];
  return why.map((line) => `  Namespace ${name}: ${line}`);
}

function namespace(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
