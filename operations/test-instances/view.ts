import Table from "cli-table3";
import type { ApiClient } from "../../cluster/api-client.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import { showDuration } from "../../settings/duration.ts";
import { namespacesOf } from "../../settings/test-instance.ts";
import type { Pool } from "../../settings/test-pool.ts";
import type { Health } from "./health.ts";
import { limits } from "./image-plan.ts";
import { type Held, showRequests, type Tenancy } from "./lease.ts";

/** An instance as `--json` shows it. */
export function shown({ version: _, ...held }: Held) {
  return { ...held, namespaces: namespacesOf(held.name) };
}

/** All instances, one line each, and what is left of the pool. */
export function list(held: readonly Held[], { limit }: Pool): string {
  const table = new Table({
    head: ["slot", "name", "on test", "base", "state", "owner", "left"],
    style: { head: [], border: [], compact: true },
    wordWrap: true,
  });
  for (const one of held.toSorted((a, b) => a.slot - b.slot)) {
    const left = one.expires.getTime() - Date.now();
    table.push([
      one.slot,
      one.name,
      one.references.join("\n"),
      one.base,
      one.state,
      one.owner,
      left > 0 ? showDuration(left / 1000) : "over",
    ]);
  }
  const free = `${limit - held.length} of ${limit} slots are free.`;
  return held.length === 0 ? free : `${table.toString()}\n${free}`;
}

/** What a deploy would make. */
export function planned(
  tenancy: Tenancy,
  builds: readonly { readonly image: string; readonly kind: string }[],
): string {
  return [
    `${tenancy.name} would be made over ${tenancy.base}, at ${tenancy.url}`,
    ...Object.entries(tenancy.commits).map(([name, sha]) => `on test: ${name} at ${sha.slice(0, 7)}`),
    ...builds.map(
      ({ image, kind }) => `to build: ${image} (${kind === "git" ? "its Dockerfile" : "libraries over it"})`,
    ),
    `it asks for ${showRequests(tenancy.requests)}`,
    ...limitsOf(tenancy),
  ].join("\n");
}

/** What the references of an instance do not reach. */
function limitsOf({ commits }: Tenancy): string[] {
  return limits(Object.keys(commits));
}

/** What an instance is, where it is, and how to look into it. */
export function details(
  held: Held,
  pool: Pool,
  health: Health,
  images: Readonly<Record<string, string>> = held.images,
): string {
  const [own, sandbox] = namespacesOf(held.name);
  const left = showDuration((held.expires.getTime() - Date.now()) / 1000);
  const app = pool.identities.find(({ name }) => name === held.identity)?.githubApp;
  const commits = Object.entries(held.commits).map(([name, sha]) => `${name} at ${sha.slice(0, 7)}`);
  const lines = [
    ["instance", `${held.name}, ${held.state}, in slot ${held.slot} of ${held.owner}`],
    ["on test", `${held.references.join(" ")} (${commits.join(", ")}) over ${held.base}`],
    ["until", `${held.expires.toISOString()} (${left})`],
    ["API", `${held.url}api/`],
    [
      "webhooks",
      `${held.url}api/webhooks/github${app ? `, to enter at https://github.com/settings/apps/${app}` : ""}`,
    ],
    ["comments", `/packit-${held.name} …`],
    ["namespaces", `${own}, ${sandbox}`],
    ["logs", `./ops test-instance logs ${held.name}; oc logs -n ${own} deployment/packit-service`],
    ...Object.entries(images).map(([name, reference]) => ["image", `${name}: ${reference}`]),
    ["health", health.healthz],
    ...(health.system === undefined ? [] : [["system", JSON.stringify(health.system)]]),
    ...limitsOf(held).map((line) => ["note", line]),
  ];
  return lines.map(([name = "", text]) => `${name.padEnd(12)}${text}`).join("\n");
}

/** The last lines that each container of an instance has said, of one component or of all. */
export async function logs(client: ApiClient, name: string, component: string | undefined, lines: number) {
  const [own, , builds] = namespacesOf(name);
  const found = await Promise.all(
    [own, builds].map((namespace) => client.list({ apiVersion: "v1", kind: "Pod" }, { namespace })),
  );
  const pods = found.flat() as (KubernetesObject & { spec: { containers: readonly { name: string }[] } })[];
  const wanted = pods.filter(
    ({ metadata }) => component === undefined || metadata.labels?.component === component,
  );
  const texts = wanted.flatMap(({ metadata, spec }) =>
    spec.containers.map(async (container) => {
      const text = await client.log(metadata.namespace ?? "", metadata.name, container.name);
      const end = text.trimEnd().split("\n").slice(-lines).join("\n");
      return { pod: metadata.name, container: container.name, log: end };
    }),
  );
  return Promise.all(texts);
}
