import { hostsOf, namespacesOf, type Part } from "../../settings/test-instance.ts";
import type { Pool } from "../../settings/test-pool.ts";
import type { Held } from "./lease.ts";

/** The pages that an instance may have. */
export const PAGES = ["api", "dashboard", "flower", "metrics"] as const;

export type Page = (typeof PAGES)[number];

/** Where the pages of an instance are, of those parts that it has. */
export function addressesOf({ name, parts }: Pick<Held, "name" | "parts">, pool: Pool) {
  const { service, dashboard, workers } = hostsOf(name, pool);
  const own = (part: Part, url: string) => (parts[part] ? url : undefined);
  return {
    api: `https://${service}/api/`,
    dashboard: own("dashboard", `https://${dashboard}/`),
    flower: own("flower", `https://${workers}/`),
    metrics: own("pushgateway", `https://${workers}/metrics`),
  } satisfies Record<Page, string | undefined>;
}

/** The namespaces that an instance has. */
export function namespacesIn({ name, parts }: Pick<Held, "name" | "parts">, areBuilt: boolean): string[] {
  const [own, sandbox, builds] = namespacesOf(name);
  return [own, ...(parts.sandbox ? [sandbox] : []), ...(areBuilt ? [builds] : [])];
}
