import type { Changes } from "./stacks.ts";

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
  withQuota: { quota: { enabled: true } },
  withoutNetworkPolicies: { networkPolicies: false },
  withSecondPostgres: { postgres: { secondVersion: 16 } },
  maintenance: { maintenance: true },
  imagesOnSchedule: { imagePolicy: "schedule" },
  genericWorkers: { workers: { generic: { replicas: 2 }, longRunning: { replicas: 0 } } },
};

/** The changes of some switches. */
export function switched(...names: readonly string[]): Changes {
  return Object.assign({}, ...names.map((name) => SWITCHES[name]));
}
