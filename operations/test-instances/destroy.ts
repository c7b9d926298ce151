import { randomUUID } from "node:crypto";
import { type ApiClient, uidOf } from "../../cluster/api-client.ts";
import { until } from "../../cluster/until.ts";
import { EnvironmentError, UserError } from "../../errors.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import { type Context, slotsOf } from "./context.ts";
import { endOf, isWorkedOn, waitForAnswer } from "./destruction.ts";
import type { Held } from "./lease.ts";
import { isOf, namespaceObject } from "./namespaces.ts";
import { removeWorktree, worktreesOf } from "./worktree.ts";

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
  const held = (await slotsOf(context).held()).filter((one) => one.name === name);
  // A client that was killed between taking a slot and giving it back leaves two of one name.
  for (const one of held) await destroyHeld(context, one, { limitSeconds });
  return held.length > 0 || (await removeAll(context, name, limitSeconds));
}

/**
 * Removes the instance of a slot, if the slot is still as it was read. Whoever is at work on it stops, and is waited
 * for, unless it is known to be dead.
 */
export async function destroyHeld(
  context: Context,
  held: Held,
  { limitSeconds = LIMIT_SECONDS, isDead = false } = {},
): Promise<void> {
  const slots = slotsOf(context);
  const { name, engine } = held;
  const { ends, answer } = endOf(held);
  const marked = await slots.update(held, { state: "destroying", run: randomUUID(), ends, answer });
  if (isWorkedOn(held) && ends !== undefined && !isDead) await waitForAnswer(slots, marked, context.report);
  if (engine !== context.engine.name && engine === "pulumi")
    context.report(
      `its Pulumi stack ${stackOf(name)} stays in its backend: pulumi stack rm --force ${stackOf(name)}`,
    );
  while (await removeAll(context, name, limitSeconds)) {
    // Until nothing has come back: an apply that was under way may have made something since.
  }
  const now = await slots.again(marked);
  if (now === undefined || !(await slots.release(now)))
    throw new UserError(`Everything of ${name} is gone, but its slot was changed meanwhile. Run this again.`);
}

/** Removes everything of an instance but its lease. What is not labelled as its own is left alone. */
export async function removeAll(
  context: Context,
  name: string,
  limitSeconds = LIMIT_SECONDS,
): Promise<boolean> {
  const { client, engine, pool, root, report } = context;
  const there = await Promise.all(namespacesOf(name).map((one) => client.read(namespaceObject(one))));
  const found = there.flatMap((one) => one ?? []);
  const present = found.filter((one) => isOf(one, name, pool));
  for (const { metadata } of found.filter((one) => !present.includes(one)))
    report(`the namespace ${metadata.name} is no test instance's of this pool, and is left alone`);
  // The rights in a namespace that is going are gone already.
  const staying = present.filter(({ metadata }) => !("deletionTimestamp" in metadata));
  await removeClaims(client, staying);
  await Promise.all(staying.map((one) => client.delete(one, uidOf(one))));
  await waitUntilGone(client, present, limitSeconds);
  // With its namespaces all that the engine has made is gone.
  await engine.forget(name, report);
  for (const folder of worktreesOf(root, name)) await removeWorktree(root, folder);
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
    await until(gone, { what: "namespaces to be gone", limitSeconds });
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
