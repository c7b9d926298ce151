import type { ApiClient } from "../../cluster/api-client.ts";
import { containersOf, podsOf, pulledDigest } from "../../cluster/pods.ts";
import { EnvironmentError, knownError } from "../../errors.ts";
import { digestsIn } from "./digests.ts";

/** A stack whose images are not to go. */
export interface UsingStack {
  readonly stack: string;
  readonly client: () => ApiClient;
  /** Its own, and that of its sandboxes. */
  readonly namespaces: readonly string[];
}

/** All digests that files name, or pods of stacks run. An EnvironmentError names a stack that cannot be asked. */
export async function usedDigests(
  files: readonly string[],
  stacks: readonly UsingStack[],
): Promise<string[]> {
  const named = files.flatMap(digestsIn);
  return [...named, ...(await Promise.all(stacks.map(usedBy))).flat()];
}

async function usedBy({ stack, client, namespaces }: UsingStack): Promise<string[]> {
  try {
    const pods = await Promise.all(namespaces.map((namespace) => podsOf(client(), namespace)));
    return pods
      .flat()
      .flatMap(containersOf)
      .flatMap((one) => pulledDigest(one) ?? []);
  } catch (error) {
    const known = knownError(error);
    if (known === undefined) throw error;
    throw new EnvironmentError(
      `Which images ${stack} runs cannot be asked, so none is removed: ${known.message}\nName the stacks that there are in packit:release.registry.stacks, or: --without clean-registry`,
    );
  }
}
