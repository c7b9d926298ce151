import type { ApiClient } from "../../cluster/api-client.ts";
import { UserError } from "../../errors.ts";
import { STACK_LABEL } from "../../platform/destination.ts";
import { namespacesOf, STACK_PREFIX, stackOf } from "../../settings/test-instance.ts";
import { KEEP_LABEL } from "./resolve.ts";

const NAMESPACE = { apiVersion: "v1", kind: "Namespace" } as const;
const LABEL = `packit.dev/${KEEP_LABEL}`;

/** The names of the instances whose namespace says that they are kept. */
export async function keptNames(client: ApiClient): Promise<string[]> {
  const namespaces = await client.list(NAMESPACE, { labels: { [LABEL]: "true" } });
  return namespaces.flatMap(({ metadata }) => {
    const stack = metadata.labels?.[STACK_LABEL] ?? "";
    const name = stack.slice(STACK_PREFIX.length);
    return stack.startsWith(STACK_PREFIX) && namespacesOf(name)[0] === metadata.name ? [name] : [];
  });
}

/** Keeps an instance beyond its time and its pull requests, or does so no more. */
export async function keep(client: ApiClient, name: string, isKept: boolean): Promise<void> {
  const namespace = { ...NAMESPACE, metadata: { name: namespacesOf(name)[0] } };
  const found = await client.read(namespace);
  if (found?.metadata.labels?.[STACK_LABEL] !== stackOf(name))
    throw new UserError(`${name} has no namespace yet. Try again once it is being brought up.`);
  await client.patch(namespace, { metadata: { labels: { [LABEL]: isKept ? "true" : null } } });
}
