import type { Refusal } from "../../schema/refuse.ts";

/** The namespaces that a stack has. */
export function namespacesOf(settings: {
  readonly namespace: string;
  readonly withSandbox: boolean;
  readonly sandboxNamespace: string;
  readonly imageBuilds?: { readonly namespace: string } | undefined;
}): [string, ...string[]] {
  const { namespace, withSandbox, sandboxNamespace, imageBuilds } = settings;
  return [
    namespace,
    ...(withSandbox ? [sandboxNamespace] : []),
    ...(imageBuilds ? [imageBuilds.namespace] : []),
  ];
}

interface Namespaces {
  readonly withSandbox: boolean;
  readonly platform: string;
  readonly managedPlatform: { readonly tenant: string };
  readonly namespace: string;
  readonly sandboxNamespace?: string | undefined;
}

/** What each of the two namespaces allows is known only with the other, and with the platform. */
export function namespaceRefusals({
  withSandbox,
  platform,
  managedPlatform,
  namespace,
  sandboxNamespace,
}: Namespaces): Refusal[] {
  const sandbox = sandboxNamespace ?? defaultSandboxNamespace(namespace);
  const path = [sandboxNamespace === undefined ? "namespace" : "sandboxNamespace"];
  const prefix = tenantPrefix(managedPlatform.tenant);
  const refusals: Refusal[] = [];
  if (!withSandbox) return ownRefusals({ platform, managedPlatform, namespace });
  if (sandbox === namespace) {
    const allowed = "another namespace than that of the service: users' commands run in it";
    refusals.push({
      path,
      value: sandbox,
      allowed,
      remedy: `for example ${defaultSandboxNamespace(namespace)}`,
    });
  }
  if (sandbox.length > 63) {
    const allowed = "at most 55 characters, as the sandbox's namespace is named after it";
    refusals.push({ path, value: namespace, allowed, remedy: "shorten it, or set sandboxNamespace" });
  }
  if (platform === "managed-platform" && !(sandbox.startsWith(prefix) && sandbox !== prefix)) {
    const allowed = `on the Managed Platform, a name that starts with ${prefix}`;
    refusals.push({
      path,
      value: sandbox,
      allowed,
      remedy: `put ${prefix} before it, or correct managedPlatform.tenant`,
    });
  }
  return refusals;
}

/** On the Managed Platform, every namespace is a tenant's. */
function ownRefusals({
  platform,
  managedPlatform,
  namespace,
}: Pick<Namespaces, "platform" | "managedPlatform" | "namespace">): Refusal[] {
  const prefix = tenantPrefix(managedPlatform.tenant);
  if (platform !== "managed-platform" || (namespace.startsWith(prefix) && namespace !== prefix)) return [];
  const allowed = `on the Managed Platform, a name that starts with ${prefix}`;
  return [
    {
      path: ["namespace"],
      value: namespace,
      allowed,
      remedy: `put ${prefix} before it, or correct managedPlatform.tenant`,
    },
  ];
}

/** The sandbox's namespace of a stack that does not name it. */
export function defaultSandboxNamespace(namespace: string): string {
  return `${namespace}-sandbox`;
}

/** What the Managed Platform puts before the names of a tenant's namespaces. */
export function tenantPrefix(tenant: string): string {
  return `${tenant}--`;
}
