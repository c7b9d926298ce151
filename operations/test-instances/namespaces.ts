import type { ApiClient } from "../../cluster/api-client.ts";
import { fieldManager, managersOf } from "../../cluster/pulumi-ownership.ts";
import { untilCounted } from "../../cluster/quota.ts";
import { until } from "../../cluster/until.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { UserError } from "../../errors.ts";
import type { Amounts } from "../../kubernetes/amounts.ts";
import { showBytes, showCpu } from "../../kubernetes/amounts.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { namespacesOf, stackOf } from "../../settings/test-instance.ts";
import type { Context } from "./context.ts";
import { REAPER } from "./management.ts";

/** The label that says which pool an instance's namespace is of: the name of the namespace that holds its leases. */
export const POOL_LABEL = "packit.dev/pool";

/** Who owns what a pool puts into its instances' namespaces: neither the instance's program nor its engine. */
const MANAGER = "packit-test-pool";

/** The name of the quota of what an instance was admitted with. */
const ADMITTED = "admitted";

/** Whether an object has the name of one that a pool puts into its instances' namespaces itself. */
export function isThePools({ kind, metadata: { name } }: KubernetesObject): boolean {
  if (kind === "ResourceQuota") return name === ADMITTED;
  return (kind === "Role" || kind === "RoleBinding") && name === REAPER;
}

/** A namespace of an instance, and what it was admitted with. */
export interface Space {
  readonly name: string;
  readonly amounts: Amounts;
  /** What is said of it besides whose it is. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Whether a namespace is that of an instance of this name and this pool. A pool's own namespace never is. */
export function isOf({ metadata }: KubernetesObject, instance: string, { namespace }: Pool): boolean {
  const { name, labels = {} } = metadata;
  return (
    name !== namespace &&
    namespacesOf(instance).includes(name) &&
    labels[STACK_LABEL] === stackOf(instance) &&
    labels[POOL_LABEL] === namespace
  );
}

/** Namespaces of an instance's names that are somebody else's are left alone. */
export async function refuseForeign({ client, pool }: Pick<Context, "client" | "pool">, instance: string) {
  for (const name of namespacesOf(instance)) {
    const found = await client.read(namespaceObject(name));
    if (found && !isOf(found, instance, pool))
      throw new UserError(
        `There is a namespace ${name} that is no test instance's of this pool. Give another --name.`,
      );
  }
}

/**
 * Makes namespaces before anything is put into them: with the pool's mark, the rights of its reaper, and a quota of what
 * the instance was admitted with. What goes on is waited for first.
 */
export async function prepare(
  { client, pool, engine }: Pick<Context, "client" | "pool" | "engine">,
  instance: string,
  spaces: readonly Space[],
  signal: AbortSignal,
): Promise<void> {
  const quotas = await Promise.all(
    spaces.map(async (space) => {
      await untilNotGoing(client, space.name, signal);
      const namespace = marked(instance, space, pool);
      const live = await client.apply(namespace, MANAGER);
      // Pulumi's engine goes on with what its own manager has a part in, and says more of it then.
      const pulumi = fieldManager(stackOf(instance));
      if (engine.name === "pulumi" && !managersOf(live).includes(pulumi))
        await client.apply(bare(namespace), pulumi);
      for (const object of reapersRights(space.name, pool)) await client.apply(object, MANAGER);
      return client.apply(quotaOf(space), MANAGER);
    }),
  );
  await untilCounted(client, quotas, signal);
}

async function untilNotGoing(client: ApiClient, name: string, signal: AbortSignal): Promise<void> {
  const isThere = async () => {
    const found = await client.read(namespaceObject(name));
    return found === undefined || !("deletionTimestamp" in found.metadata);
  };
  await until(isThere, { what: `the former namespace ${name} to be gone`, limitSeconds: 120, signal });
}

function marked(instance: string, { name, labels }: Space, pool: Pool): KubernetesObject {
  const own = { [STACK_LABEL]: stackOf(instance), [POOL_LABEL]: pool.namespace };
  return { ...namespaceObject(name), metadata: { name, labels: { ...labels, ...own } } };
}

function bare({ metadata: { name, labels = {} } }: KubernetesObject): KubernetesObject {
  return {
    ...namespaceObject(name),
    metadata: { name, labels: { [STACK_LABEL]: labels[STACK_LABEL] ?? "" } },
  };
}

/** RBAC asks in a namespace itself whether it may be deleted: so the reaper may delete this one, and no other. */
function reapersRights(namespace: string, pool: Pool): KubernetesObject[] {
  const group = "rbac.authorization.k8s.io";
  const metadata = { name: REAPER, namespace };
  return [
    {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata,
      rules: [
        { apiGroups: [""], resources: ["namespaces"], verbs: ["get", "delete"] },
        { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list", "delete"] },
        { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["list", "delete"] },
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: group, kind: "Role", name: REAPER },
      subjects: [{ kind: "ServiceAccount", name: REAPER, namespace: pool.namespace }],
    },
  ];
}

function quotaOf({ name, amounts }: Space): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: ADMITTED, namespace: name },
    spec: {
      hard: {
        "requests.cpu": showCpu(amounts.requestsCpu),
        "requests.memory": showBytes(amounts.requestsMemory),
        "requests.storage": showBytes(amounts.storage),
        "limits.cpu": showCpu(amounts.limitsCpu),
        "limits.memory": showBytes(amounts.limitsMemory),
      },
    },
  };
}

/** A namespace by its name alone. */
export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}
