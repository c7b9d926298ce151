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
  genericWorkers: { workers: { generic: { replicas: 2 }, longRunning: { replicas: 0 } } },
};

/**
 * Combinations in which every two switches are both on, both off, and each on without the other: all, none, and for each
 * binary digit of their numbers those that have it, and those that have not.
 */
export function pairwise(): readonly (readonly string[])[] {
  const names = Object.keys(SWITCHES);
  const digits = Array.from({ length: Math.ceil(Math.log2(names.length)) }, (_, i) => i);
  const halves = digits.flatMap((digit) => {
    const has = (i: number) => ((i >> digit) & 1) === 1;
    return [names.filter((_, i) => has(i)), names.filter((_, i) => !has(i))];
  });
  return [[], names, ...halves];
}

/** The changes of some switches. */
export function switched(...names: readonly string[]): Changes {
  return names.reduce((all, name) => merge(all, SWITCHES[name]) as Changes, {});
}
