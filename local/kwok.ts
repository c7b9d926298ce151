import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ApiClient, ApiError } from "../cluster/api-client.ts";
import { until } from "../cluster/until.ts";
import { kitFile } from "./kit.ts";
import { localAccess } from "./kubeconfig.ts";
import { MODULE, type Paths } from "./paths.ts";
import { findProcesses, startProcess, stopProcesses } from "./processes.ts";

/** A kwok that was killed holds its nodes for 40 s more, unless these are gone. */
const NODE_LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

/** The kinds besides Kubernetes' own that kwok plays a controller of. */
const GROUPS = ["route.openshift.io/v1", "image.openshift.io/v1"];

/** Starts kwok, which ends where a kind that it is to play is not served. One that plays other stages is replaced. */
export async function startKwok(paths: Paths, signal?: AbortSignal): Promise<void> {
  const config = writeStages(paths);
  const running = (await findProcesses(paths)).find(({ name }) => name === "kwok");
  if (running && `${running.args} `.includes(` --config=${config} `)) return;
  await stopProcesses(paths, ["kwok"]);
  const client = new ApiClient(localAccess(paths));
  for (const group of GROUPS) {
    const described = () => isDescribed(client, group);
    await until(described, { what: `the API server to describe ${group}`, limitSeconds: 30, signal });
  }
  await client.request("DELETE", NODE_LEASES);
  startProcess(paths, "kwok", {
    kubeconfig: paths.kubeconfig,
    config,
    "manage-all-nodes": true,
    "node-lease-duration-seconds": 40,
  });
}

/** Writes what kwok is to play into a file whose name tells what is in it. */
function writeStages(paths: Paths): string {
  const own = readFileSync(join(MODULE, "stages.yaml"), "utf8");
  const text = `${readFileSync(kitFile(paths, "stages.yaml"), "utf8")}\n---\n${own}`;
  const file = join(
    paths.state,
    `stages-${createHash("sha256").update(text).digest("hex").slice(0, 16)}.yaml`,
  );
  writeFileSync(file, text);
  return file;
}

/** Whether the API server's description has the objects of a group: it comes a while after they are served. */
async function isDescribed(client: ApiClient, group: string): Promise<boolean> {
  type Description = { readonly paths: Readonly<Record<string, unknown>> };
  try {
    const { paths } = await client.request<Description>("GET", `/openapi/v3/apis/${group}`);
    return Object.keys(paths).some((path) => path.endsWith("/{name}"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
}
