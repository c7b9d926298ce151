import { WORKER_POOLS } from "../workers/pools.ts";

/** Who opens connections to whom, and to which port of its pods. */
export interface Flow {
  /** A component; or anywhere, for the router and whoever stands before it. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

const WORKERS = WORKER_POOLS.map(({ name }) => name);
/** Those that use the database and the forges. Beat only queues the tasks that do. */
const TASKS = ["packit-service", ...WORKERS];
const DATABASE_JOBS = ["packit-service-migration", "packit-backup", "packit-restore", "postgres-copy"];

/** Those that may connect to each component, and the port of its pods. */
const CLIENTS: readonly { readonly to: RegExp; readonly port: number; readonly from: readonly string[] }[] = [
  { to: /^postgres-\d+$/, port: 5432, from: [...TASKS, ...DATABASE_JOBS] },
  {
    to: /^valkey$/,
    port: 6379,
    from: [
      ...[...TASKS, "packit-service-beat", "packit-service-migration", "packit-service-fedmsg"],
      ...["flower", "redis-commander"],
    ],
  },
  { to: /^pushgateway$/, port: 9091, from: [...WORKERS, "nginx"] },
  { to: /^flower$/, port: 5555, from: ["nginx"] },
  { to: /^tokman$/, port: 8000, from: TASKS },
];

/** The ports of the components that can be opened to the internet. */
const OPEN: Readonly<Record<string, number>> = {
  "packit-service": 8443,
  "packit-dashboard": 8443,
  nginx: 8443,
  "redis-commander": 8081,
};

const WEB = [80, 443];
const SSH = 22;

/**
 * The ports outside the namespace that each component needs, wherever they are: policies cannot name hosts. Those of the
 * cluster's own API server are settings.
 */
export const OUTWARD: Readonly<Record<string, readonly number[]>> = {
  "packit-service": WEB,
  // They fetch the hosts' ssh keys before anything else.
  "packit-service-beat": [...WEB, SSH],
  ...Object.fromEntries(WORKERS.map((name) => [name, [...WEB, SSH]])),
  // The message bus, by TLS, and Sentry.
  "packit-service-fedmsg": [5671, 443],
  "packit-service-migration": [443],
  tokman: WEB,
  "packit-backup": [443],
  "packit-restore": [443],
  "repository-cache": [443],
};

/** Every connection between the components of a stack, and from outside to those that are open. */
export function flows(components: readonly string[], open: readonly string[]): Flow[] {
  const inside = components.flatMap((to) =>
    CLIENTS.filter((clients) => clients.to.test(to)).flatMap(({ from, port }) =>
      from.filter((client) => components.includes(client)).map((client) => ({ from: client, to, port })),
    ),
  );
  const outside = open
    .filter((component) => components.includes(component))
    .flatMap((to) => (OPEN[to] === undefined ? [] : [{ from: "anywhere", to, port: OPEN[to] }]));
  return [...inside, ...outside];
}
