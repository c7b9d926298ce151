import { EnvironmentError } from "../errors.ts";
import { describe, type KubernetesObject } from "../render/kubernetes-object.ts";
import type { ApiClient } from "./api-client.ts";
import { notReady, takesTime, type Unready } from "./readiness.ts";
import { reasons } from "./reasons.ts";
import { until } from "./until.ts";

export interface WaitArgs {
  /** What was applied. */
  readonly objects: readonly KubernetesObject[];
  readonly limitSeconds: number;
  /** Called with what is still missing, each time that this changes. */
  readonly report?: (message: string) => void;
  /** Ends the wait with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until every workload is ready, every claim bound, every Route admitted, every Ingress served and every image
 * imported; otherwise fails with each object and why. What the cluster turns down is reported as soon as it is: it may
 * be put right in the meantime, as the host of a Route that another one gives up.
 */
export async function waitUntilReady(
  client: ApiClient,
  { objects, limitSeconds, report, signal }: WaitArgs,
): Promise<void> {
  let reported = "";
  let missing: Missing[] = [];
  const look = async () => {
    // Only what was missing is looked at again, and at the end everything.
    const isWhole = missing.length === 0;
    const now = await current(client, isWhole ? objects : missing.map(([object]) => object));
    missing = now.flatMap((object) => {
      const unready = notReady(object);
      return unready === undefined ? [] : [[object, unready] as const];
    });
    const message = `${missing.length} left: ${missing.map(short).join(", ")}`;
    if (missing.length > 0 && message !== reported) report?.(message);
    reported = message;
    return isWhole && missing.length === 0;
  };
  try {
    await until(look, { what: "everything to be ready", limitSeconds, signal });
  } catch (error) {
    if (!(error instanceof EnvironmentError) || missing.length === 0 || signal?.aborted) throw error;
    const list = await Promise.all(missing.map((one) => explained(client, one)));
    throw new EnvironmentError(`Not ready after ${limitSeconds} s:\n\n${list.join("\n")}`);
  }
}

type Missing = readonly [KubernetesObject, Unready];

function short([{ metadata }, { reason, isRefused }]: Missing): string {
  return isRefused ? `${metadata.name} (${reason})` : metadata.name;
}

/** The awaited objects as they are now, and every claim of their namespaces, those of the workers' caches too. */
async function current(client: ApiClient, objects: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
  const awaited = objects.filter((one) => takesTime(one) && one.kind !== "PersistentVolumeClaim");
  const namespaces = [...new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))];
  const claims = { apiVersion: "v1", kind: "PersistentVolumeClaim" };
  const [workloads, volumes] = await Promise.all([
    Promise.all(awaited.map(async (object) => (await client.read(object)) ?? object)),
    Promise.all(namespaces.map((namespace) => client.list(claims, { namespace }))),
  ]);
  return [...workloads, ...volumes.flat()];
}

async function explained(client: ApiClient, [object, { reason }]: Missing): Promise<string> {
  const why = await reasons(client, object);
  return [`  ${describe(object)}: ${reason}`, ...why.map((line) => `    ${line}`)].join("\n");
}
