import { DECLARED } from "../../components/schema.ts";
import type { Pool } from "../../components/test-instance/pool.ts";
import { hostsOf, namespacesOf } from "../../settings/test-instance.ts";
import type { Held } from "./lease.ts";

const DECLARED_PAGES = DECLARED.flatMap(({ page, choice }) =>
  page ? [{ ...page, part: choice?.name }] : [],
);

/** The pages of parts, but for the API, which every instance has. */
export const PART_PAGES = DECLARED_PAGES.filter(({ part }) => part !== undefined);

/** The pages that an instance may have: those that its hosts lead to. */
export const PAGES: readonly string[] = DECLARED_PAGES.filter(
  ({ url }) => url(hostsOf("any", { domain: "example.com" })) !== undefined,
).map(({ name }) => name);

/** Where the pages of an instance are, of those parts that it has. */
export function addressesOf(
  { name, parts }: Pick<Held, "name" | "parts">,
  pool: Pool,
): Readonly<Record<string, string | undefined>> & { readonly api: string } {
  const hosts = hostsOf(name, pool);
  const there = DECLARED_PAGES.filter(({ part }) => part === undefined || parts[part]);
  const pages = Object.fromEntries(there.map((page) => [page.name, page.url(hosts)]));
  return { ...pages, api: `https://${hosts.service}/api/` };
}

/** The namespaces that an instance has. */
export function namespacesIn({ name, parts }: Pick<Held, "name" | "parts">, areBuilt: boolean): string[] {
  const [own, sandbox, builds] = namespacesOf(name);
  return [own, ...(parts.sandbox ? [sandbox] : []), ...(areBuilt ? [builds] : [])];
}
