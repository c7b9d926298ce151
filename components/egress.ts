import { coreEgress } from "./configuration/egress.ts";
import type { EgressHost } from "./network/egress-host.ts";
import type { SchemaOutput } from "./schema.ts";
import { partsOf } from "./totals.ts";

/** Every host that the stack's own settings, and Packit itself, lead to, each once, by name. */
export function egressHosts(settings: SchemaOutput): readonly EgressHost[] {
  const all = [
    ...coreEgress(settings),
    ...partsOf(settings).flatMap(({ egress }) => egress?.(settings) ?? []),
  ];
  return [...Map.groupBy(all, ({ host }) => host)]
    .map(([host, same]) => ({
      host,
      ports: [...new Set(same.flatMap(({ ports }) => ports))].sort((a, b) => a - b),
      why: [...new Set(same.map(({ why }) => why))].join("; "),
    }))
    .sort((a, b) => (a.host < b.host ? -1 : 1));
}
