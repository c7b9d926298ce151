import { beforeAll, describe, expect, it } from "vitest";
import { cacheJob } from "../../components/repository-cache/fill-job.ts";
import { cacheVolumes, workersWithCache } from "../../components/repository-cache/settings.ts";
import { managementObjects } from "../../operations/test-instances/management.ts";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { REAPED_POOL } from "../support/pool.ts";
import { objectsOf, settingsOf, templates } from "../support/stacks.ts";

/** Whatever answers or runs at times is there, and two of whatever may be two. */
const EVERYTHING = {
  withTokman: true,
  withRedisCommander: true,
  hosts: { redisCommander: "redis.packit.dev" },
  imagePolicy: "schedule",
  postgres: { secondVersion: 16 },
  service: { replicas: 2 },
  dashboard: { replicas: 2 },
  nginx: { replicas: 2 },
  repositoryCache: { repositories: [{ url: "https://example.com/a" }], refresh: { enabled: true } },
};

let objects: KubernetesObject[];
let pods: Map<string, Anything>;
const ofKind = (kind: string): Anything[] => objects.filter((one) => one.kind === kind);

beforeAll(async () => {
  objects = await objectsOf("prod", EVERYTHING);
  pods = templates(objects);
});

describe("a rollout", () => {
  it("of pods that can run side by side takes none away before another one is ready", () => {
    const rolling = ofKind("Deployment").filter(({ spec }) => spec.strategy.type === "RollingUpdate");
    expect(rolling.length).toBeGreaterThan(3);
    for (const { metadata, spec } of rolling) {
      const { maxSurge, maxUnavailable } = spec.strategy.rollingUpdate;
      expect([maxUnavailable, maxSurge > 0], metadata.name).toEqual([0, true]);
      // Without a probe, a pod counts as ready before it answers.
      expect(pods.get(metadata.name).spec.containers[0].readinessProbe, metadata.name).toBeDefined();
    }
  });
});

describe("whatever is reached by a Service", () => {
  it("is asked whether it is ready, is given time to start, and is started again when it hangs", () => {
    const reached = ofKind("Service").filter(({ spec }) => spec.clusterIP !== "None");
    expect(reached.length).toBeGreaterThan(9);
    for (const { metadata, spec } of reached) {
      const [container] = [...pods.values()]
        .filter((pod) => pod.metadata.labels.component === spec.selector.component)
        .map((pod) => pod.spec.containers[0]);
      const { startupProbe, readinessProbe, livenessProbe, ports } = container;
      const listens = ports.map(({ containerPort }: Anything) => containerPort);
      expect(
        spec.ports.map(({ targetPort }: Anything) => targetPort),
        metadata.name,
      ).toEqual(listens);
      expect([readinessProbe, livenessProbe], metadata.name).not.toContain(undefined);
      // The gateway has nothing to load: it listens at once.
      if (metadata.name !== "pushgateway") {
        const { periodSeconds, failureThreshold } = startupProbe;
        expect(periodSeconds * failureThreshold, metadata.name).toBeGreaterThanOrEqual(120);
      }
    }
  });

  it("does not die with its database: the API's liveness asks nothing but itself", () => {
    const { livenessProbe, readinessProbe } = pods.get("packit-service").spec.containers[0];
    expect(JSON.stringify(readinessProbe)).toContain("healthz");
    expect(JSON.stringify(livenessProbe)).not.toMatch(/healthz|postgres|valkey/);
  });
});

describe("a store", () => {
  it.each(["postgres-15", "postgres-16"])("%s ends in order, and has the time for it", (name) => {
    const { terminationGracePeriodSeconds, containers } = pods.get(name).spec;
    // SIGINT is PostgreSQL's fast shutdown; at SIGTERM it waits for its clients.
    expect(containers[0].lifecycle.preStop.exec.command.join(" ")).toMatch(/kill -(s )?(SIG)?INT 1$/);
    expect(terminationGracePeriodSeconds).toBe(120);
  });

  it("valkey may save all that it holds before it ends", () => {
    expect(pods.get("valkey").spec.terminationGracePeriodSeconds).toBe(600);
  });

  it.each([
    "postgres-15",
    "postgres-16",
    "valkey",
    "tokman",
  ])("%s never has two pods on its volume", (name) => {
    const store = ofKind("Deployment").find(({ metadata }) => metadata.name === name);
    expect([store.spec.replicas, store.spec.strategy]).toEqual([1, { type: "Recreate" }]);
  });
});

describe("pods of one component", () => {
  it("are spread over nodes where that is possible, and run where it is not", () => {
    for (const [name, { metadata, spec }] of pods)
      for (const constraint of spec.topologySpreadConstraints ?? [])
        expect(constraint, name).toEqual({
          maxSkew: 1,
          topologyKey: "kubernetes.io/hostname",
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels: { component: metadata.labels.component } },
        });
  });

  it("are drained one at a time by their own budget", () => {
    const budgets = ofKind("PodDisruptionBudget").map(({ metadata, spec }) => [metadata.name, spec]);
    const names = ["nginx", "packit-dashboard", "packit-service", ...WORKERS];
    const wanted = names.map((component) => [
      component,
      { maxUnavailable: 1, selector: { matchLabels: { component } } },
    ]);
    expect(Object.fromEntries(budgets)).toEqual(Object.fromEntries(wanted));
  });
});

/** Prod has two of each. */
const WORKERS = ["packit-worker-long-running", "packit-worker-short-running"];

describe("what runs at times", () => {
  const jobs = () => [
    ...ofKind("CronJob"),
    ...managementObjects(REAPED_POOL).filter(({ kind }) => kind === "CronJob"),
  ];
  const BY_HAND = ["packit-restore", "postgres-copy"];

  it("never runs twice at once, ends at some time, and is told its time in no zone by chance", () => {
    expect(jobs().length).toBeGreaterThan(5);
    for (const { metadata, spec } of jobs() as Anything[]) {
      expect(spec.concurrencyPolicy, metadata.name).toBe("Forbid");
      expect(spec.jobTemplate.spec.activeDeadlineSeconds, metadata.name).toBeGreaterThan(0);
      expect(spec.timeZone, metadata.name).toMatch(/^\w+\/\w+$/);
    }
  });

  it("starts by itself, but for what overwrites data: that a person starts, and it is not tried again", () => {
    for (const { metadata, spec } of jobs() as Anything[]) {
      const isByHand = BY_HAND.includes(metadata.name);
      expect(spec.suspend ?? false, metadata.name).toBe(isByHand);
      if (isByHand) expect(spec.jobTemplate.spec.backoffLimit, metadata.name).toBe(0);
    }
    const names = (jobs() as Anything[]).map(({ metadata }) => metadata.name);
    expect(names).toEqual(expect.arrayContaining(BY_HAND));
  });

  it("of a stack is made up for when it was missed, but within the hour: what is for the night stays out of the day", () => {
    for (const { metadata, spec } of ofKind("CronJob"))
      expect(spec.startingDeadlineSeconds, metadata.name).toBe(3600);
  });

  it("is tried again when it fails, if it only reads or can be done twice: a backup, a migration", () => {
    const backup = ofKind("CronJob").find(({ metadata }) => metadata.name === "packit-backup");
    expect(backup.spec.jobTemplate.spec.backoffLimit).toBe(2);
    const [migration] = ofKind("Job");
    expect(migration.metadata.name).toMatch(/^packit-service-migration-/);
    expect(migration.spec.backoffLimit).toBeGreaterThan(0);
  });

  it("on a cache volume is not tried again, is ended by the cluster, and is then deleted by it", () => {
    const settings = settingsOf("prod", EVERYTHING);
    const [worker = ""] = workersWithCache(settings);
    for (const volume of cacheVolumes(worker, settings)) {
      const args = { settings, volume, task: ["hold"], workerRuns: true, limitSeconds: 77 } as const;
      expect(cacheJob(args).spec).toMatchObject({
        backoffLimit: 0,
        activeDeadlineSeconds: 77,
        ttlSecondsAfterFinished: 300,
      });
    }
  });
});

describe("a way in from the internet", () => {
  it.each([
    ["managed-platform", "passthrough"],
    ["openshift", "reencrypt"],
    ["kubernetes", "passthrough"],
  ])("on the platform %s, %s, is by TLS alone, to the one host that it is for", async (platform, tls) => {
    const rest = { imagePolicy: "follow", repositoryCache: {} };
    const all: Anything[] = await objectsOf("prod", { ...EVERYTHING, ...rest, platform, tls });
    const hosts = ["prod.packit.dev", "dashboard.packit.dev", "workers.packit.dev", "redis.packit.dev"];
    const routes = all.filter(({ kind }) => kind === "Route");
    for (const { metadata, spec } of routes) {
      // Plain HTTP ends at the router; whoever comes without TLS is sent to it.
      const termination = metadata.name === "redis-commander" ? "edge" : tls;
      expect(spec.tls, metadata.name).toEqual({ termination, insecureEdgeTerminationPolicy: "Redirect" });
      expect(spec.wildcardPolicy, metadata.name).toBe("None");
    }
    const ingresses = all.filter(({ kind }) => kind === "Ingress");
    for (const { metadata, spec } of ingresses)
      expect(
        spec.tls.flatMap((one: Anything) => one.hosts),
        metadata.name,
      ).toEqual(spec.rules.map(({ host }: Anything) => host));
    const open = [
      ...routes.map(({ spec }) => spec.host),
      ...ingresses.flatMap(({ spec }) => spec.rules.map(({ host }: Anything) => host)),
    ];
    expect(open.sort()).toEqual(hosts.sort());
  });
});
