import type { ApiClient } from "../../cluster/api-client.ts";
import { podsOf, pulledDigest } from "../../cluster/pods.ts";
import { EnvironmentError } from "../../errors.ts";

/** A stack whose images are not to go. */
export interface UsingStack {
  readonly stack: string;
  readonly client: () => ApiClient;
  /** Its own, and that of its sandboxes. */
  readonly namespaces: readonly string[];
  /** The stack's file. */
  readonly text: string;
}

/** All digests that pods of these stacks run, or that their files name. An EnvironmentError names a stack that cannot be asked. */
export async function usedDigests(stacks: readonly UsingStack[]): Promise<string[]> {
  return (await Promise.all(stacks.map(usedBy))).flat();
}

async function usedBy({ stack, client, namespaces, text }: UsingStack): Promise<string[]> {
  const named = text.match(/sha256:[0-9a-f]{64}/g) ?? [];
  try {
    const pods = await Promise.all(namespaces.map((namespace) => podsOf(client(), namespace)));
    const containers = pods
      .flat()
      .flatMap(({ status }) => [
        ...(status?.containerStatuses ?? []),
        ...(status?.initContainerStatuses ?? []),
      ]);
    return [...named, ...containers.flatMap((one) => pulledDigest(one) ?? [])];
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    throw new EnvironmentError(
      `Which images ${stack} runs cannot be asked, so none is removed: ${error.message}`,
    );
  }
}
