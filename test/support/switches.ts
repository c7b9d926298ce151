import { type Changes, merge } from "./stacks.ts";

/** Every setting that switches a part or a property of a stack, turned the other way from what stage has. */
export const SWITCHES: Readonly<Record<string, Changes>> = {
  withoutBeat: { withBeat: false },
  withoutFedmsg: { withFedmsg: false },
  withoutDashboard: { withDashboard: false },
  withoutFlower: { withFlower: false },
  withoutPushgateway: { withPushgateway: false },
  withoutNginx: { withNginx: false },
  withoutBackup: { withBackup: false },
  withTokman: { withTokman: true },
  withRedisCommander: { withRedisCommander: true },
  withFluentdSidecar: { withFluentdSidecar: true, fluentd: { splunkHost: "splunk.example.com" } },
  withoutCache: { repositoryCache: { enabled: false } },
  withoutSandbox: { withSandbox: false, repositoryCache: { enabled: false } },
  withCacheRefresh: { repositoryCache: { refresh: { enabled: true } } },
  withQuota: { quota: { enabled: true } },
  withoutNetworkPolicies: { networkPolicies: false },
  withSecondPostgres: { postgres: { secondVersion: 16 } },
  maintenance: { maintenance: true },
  imagesOnSchedule: { imagePolicy: "schedule" },
  twoOfEach: {
    service: { replicas: 2 },
    dashboard: { replicas: 2 },
    nginx: { replicas: 2 },
    workers: { shortRunning: { replicas: 2 } },
  },
  reencrypted: { tls: "reencrypt" },
  workerPinned: { images: { worker: `quay.io/packit/packit-worker@sha256:${"0".repeat(64)}` } },
  withPostgresExporter: { withPostgresExporter: true },
  withDeployer: { deployer: { token: { server: "https://api.example.com" } } },
  genericWorkers: { workers: { generic: { replicas: 2 }, longRunning: { replicas: 0 } } },
};

/** So many combinations, one of them empty, that there are as many ways as switches to be in four of the others. */
const ROWS = 8;

/**
 * Combinations in which every two switches are both on, both off, and each on without the other. Each switch is on in
 * another four of seven combinations: any two sets of four share one of seven, and neither holds the other.
 */
export function pairwise(): readonly (readonly string[])[] {
  const names = Object.keys(SWITCHES);
  const sets = Array.from({ length: 2 ** (ROWS - 1) }, (_, bits) => bits).filter(
    (bits) => bits.toString(2).replaceAll("0", "").length === ROWS / 2,
  );
  if (names.length > sets.length) throw new Error(`${names.length} switches need more than ${ROWS} rows.`);
  const rows = Array.from({ length: ROWS - 1 }, (_, row) =>
    names.filter((_, i) => (((sets[i] ?? 0) >> row) & 1) === 1),
  );
  return [[], ...rows];
}

/** The changes of some switches. */
export function switched(...names: readonly string[]): Changes {
  return names.reduce((all, name) => merge(all, SWITCHES[name]) as Changes, {});
}
