import { ApiClient } from "../cluster/api-client.ts";
import { applyOne } from "../cluster/apply.ts";
import { type WaitArgs, waitUntilReady } from "../cluster/wait.ts";
import { clusterFixtures } from "./fixtures.ts";
import { localAccess } from "./kubeconfig.ts";
import { openshiftCrds } from "./openshift-crds.ts";
import type { Paths } from "./paths.ts";

/** Puts into the control plane what a cluster has before any stack: nodes, a storage class, OpenShift's kinds. */
export async function furnish(paths: Paths, wait: Pick<WaitArgs, "report" | "signal">): Promise<void> {
  const client = new ApiClient(localAccess(paths));
  const definitions = openshiftCrds(paths);
  await Promise.all([...clusterFixtures(), ...definitions].map((object) => applyOne(client, object)));
  await waitUntilReady(client, { objects: definitions, limitSeconds: 30, ...wait });
}
