interface Namespaces {
  readonly platform: string;
  readonly managedPlatform: { readonly tenant: string };
  readonly namespace: string;
  readonly sandboxNamespace?: string | undefined;
}

/** What each of the two namespaces allows is known only with the other, and with the platform. */
export function namespaceIssues({ platform, managedPlatform, namespace, sandboxNamespace }: Namespaces) {
  const sandbox = sandboxNamespace ?? defaultSandboxNamespace(namespace);
  const path = sandboxNamespace === undefined ? "namespace" : "sandboxNamespace";
  const prefix = tenantPrefix(managedPlatform.tenant);
  const issues: { path: string; value: string; message: string; remedy: string }[] = [];
  if (sandbox === namespace) {
    const message = "another namespace than that of the service: users' commands run in it";
    issues.push({
      path,
      value: sandbox,
      message,
      remedy: `for example ${defaultSandboxNamespace(namespace)}`,
    });
  }
  if (sandbox.length > 63) {
    const message = "at most 55 characters, as the sandbox's namespace is named after it";
    issues.push({ path, value: namespace, message, remedy: "shorten it, or set sandboxNamespace" });
  }
  if (platform === "managed-platform" && !(sandbox.startsWith(prefix) && sandbox !== prefix)) {
    const message = `on the Managed Platform, a name that starts with ${prefix}`;
    issues.push({
      path,
      value: sandbox,
      message,
      remedy: `put ${prefix} before it, or correct managedPlatform.tenant`,
    });
  }
  return issues;
}

/** The sandbox's namespace of a stack that does not name it. */
export function defaultSandboxNamespace(namespace: string): string {
  return `${namespace}-sandbox`;
}

/** What the Managed Platform puts before the names of a tenant's namespaces. */
export function tenantPrefix(tenant: string): string {
  return `${tenant}--`;
}
