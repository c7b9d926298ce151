import { type ApiClient, ApiError } from "../cluster/api-client.ts";

/** Why a pod on a node says nothing that ran on no machine, if that is so. */
export async function simulatedNode(
  client: Pick<ApiClient, "read">,
  name: string | undefined,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  try {
    const node = await client.read({ apiVersion: "v1", kind: "Node", metadata: { name } });
    const { nodeInfo } = (node as { status?: { nodeInfo?: { kubeletVersion?: string } } })?.status ?? {};
    if (!nodeInfo?.kubeletVersion?.startsWith("kwok")) return undefined;
    return `no word from its pod: this cluster runs no containers, as kwok simulates its node ${name}`;
  } catch (error) {
    // Many may not look at nodes.
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
