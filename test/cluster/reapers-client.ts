import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { ApiClient } from "../../cluster/api-client.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { LOCAL_CONTEXT } from "../../local/kubeconfig.ts";
import { temporaryFolder } from "../support/folder.ts";
import { PATHS } from "./control-plane.ts";

/** A client with the rights of the account of a pool's reaper. */
export async function reapersClient(client: ApiClient, { namespace }: Pool): Promise<ApiClient> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/packit-test-reaper/token`;
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const { status } = await client.request<{ status: { token: string } }>("POST", path, body);
  const config = parse(readFileSync(PATHS.kubeconfig, "utf8"));
  for (const { user } of config.users) {
    for (const key of Object.keys(user)) delete user[key];
    user.token = status.token;
  }
  const kubeconfig = join(temporaryFolder(), "kubeconfig");
  writeFileSync(kubeconfig, stringify(config));
  return new ApiClient({ kubeconfig, context: LOCAL_CONTEXT });
}
