import type { ApiClient } from "../../cluster/api-client.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { clientOf } from "./accounts.ts";

/** A client with the rights of the account of a pool's reaper. */
export function reapersClient(client: ApiClient, { namespace }: Pool): Promise<ApiClient> {
  return clientOf(client, { namespace, name: "packit-test-reaper" });
}
