import type { ApiClient } from "../../cluster/api-client.ts";
import type { Pod } from "../../cluster/pods.ts";
import { UserError } from "../../errors.ts";
import { isOf, livePods, whyStuck } from "./pods.ts";
import type { StackImage } from "./stack-images.ts";

/** A pod that is stuck, and why. */
export interface Stuck {
  readonly pod: Pod;
  readonly reason: string;
}

/** The pods of some images that are named and stuck; a UserError for one that is not, with those that are. */
export async function namedStuck(
  client: ApiClient,
  namespace: string,
  { images, named }: { readonly images: readonly StackImage[]; readonly named: readonly string[] },
): Promise<Stuck[]> {
  if (named.length === 0) return [];
  const [pods, now] = await Promise.all([livePods(client, namespace), client.now()]);
  const stuck = pods.flatMap((pod) => {
    const reason = images.some((image) => isOf(image, pod)) ? whyStuck(pod, now) : undefined;
    return reason === undefined ? [] : [{ pod, reason }];
  });
  const names = stuck.map(({ pod }) => pod.metadata.name);
  const wrong = named.filter((name) => !names.includes(name));
  if (wrong.length > 0)
    throw new UserError(
      `--restart-stuck ${wrong.join(", ")}: no pod of these images that is stuck. There ${names.length === 0 ? "are none" : `are: ${names.join(", ")}`}.`,
    );
  return stuck.filter(({ pod }) => named.includes(pod.metadata.name));
}

/**
 * Deletes a stuck pod, and no other one of its name; whoever made it makes it anew. One that should have ended long ago is
 * taken off the API server without its node: nobody says that its processes have ended.
 */
export async function remake(client: ApiClient, { pod }: Stuck): Promise<void> {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp === undefined) return client.delete(pod, uid);
  await client.request("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`, {
    gracePeriodSeconds: 0,
    preconditions: { uid },
  });
}
