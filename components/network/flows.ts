import type { DeclaredComponent } from "../totals.ts";

/** Who opens connections to whom, and to which port of its pods. */
export interface Flow {
  /** A component; or anywhere, for the router and whoever stands before it. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Every connection between the components of a stack, and from outside to those that are open. */
export function flows(components: readonly DeclaredComponent[]): Flow[] {
  const inside = components.flatMap((server) =>
    components.flatMap((client) =>
      portsOf(client, server).map((port) => ({ from: client.component, to: server.component, port })),
    ),
  );
  const outside = components.flatMap(({ component, open }) =>
    open === undefined ? [] : [{ from: "anywhere", to: component, port: open }],
  );
  return [...inside, ...outside];
}

function portsOf(client: DeclaredComponent, server: DeclaredComponent): number[] {
  const asked = (client.connects ?? []).filter(({ part }) => part === server.part).map(({ port }) => port);
  const { clients } = server;
  return clients?.components.includes(client.component) ? [...asked, clients.port] : asked;
}
