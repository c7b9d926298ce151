import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../render/kubernetes-object.ts";
import type { Anything } from "../support/anything.ts";
import { allTemplates, find, objectsOf, templates } from "../support/stacks.ts";

const TWO = { replicas: 2 };
let objects: KubernetesObject[];

beforeAll(async () => {
  objects = await objectsOf("prod", {
    withTokman: true,
    withRedisCommander: true,
    withFluentdSidecar: true,
    ...SPLUNK,
  });
});

const SPLUNK = { fluentd: { splunkHost: "splunk.example.com" } };

describe("every container, be it of a job, an init container or a side-car", () => {
  it("has requests and limits of CPU and memory, so that no LimitRange decides", () => {
    for (const [name, one] of containers(objects)) {
      const { requests, limits } = one.resources;
      for (const value of [requests.cpu, requests.memory, limits.cpu, limits.memory])
        expect(value, name).toMatch(/^\d+(m|Mi|Gi)?$/);
    }
  });

  it("has no rights that it does not need", () => {
    for (const [name, one] of containers(objects)) {
      expect(one.securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
    }
  });
});

describe("every pod", () => {
  it("runs as an account of its component, without its token unless it uses the API", () => {
    const accounts = [...allTemplates(objects).values()].map(({ metadata, spec }) => {
      return [metadata.labels.component, spec.serviceAccountName, spec.automountServiceAccountToken];
    });
    for (const [component, account, token] of accounts) {
      const isWorker = component.startsWith("packit-worker");
      expect([account, token], component).toEqual(isWorker ? ["packit-worker", true] : [component, false]);
    }
  });

  it("is watched while it runs: everything that runs all the time has a liveness probe", () => {
    for (const [name, { spec }] of templates(objects))
      expect(spec.containers[0].livenessProbe, name).toBeDefined();
  });
});

describe("the API's probes", () => {
  it("ask with the host that the API answers to, by TLS's server name and in the request", () => {
    const { startupProbe, readinessProbe } = main("packit-service");
    for (const probe of [startupProbe, readinessProbe]) {
      const { command } = probe.exec;
      expect(command.slice(-3)).toEqual([
        "--connect-to",
        "prod.packit.dev:443:127.0.0.1:8443",
        "https://prod.packit.dev/api/healthz",
      ]);
    }
  });
});

describe("workers", () => {
  it("may start for ten minutes, and are restarted after a quarter of an hour of silence", () => {
    const { startupProbe, livenessProbe } = main("packit-worker-long-running");
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(600);
    // The probe itself lets so many seconds of silence pass before it fails at all.
    const silence = Number(livenessProbe.exec.command.at(-1)) * livenessProbe.failureThreshold;
    expect(silence + livenessProbe.periodSeconds).toBe(900);
  });

  it("may finish their tasks before they end, for as long as the settings say", async () => {
    const grace = (all: readonly KubernetesObject[], name: string) =>
      find(all, "StatefulSet", name).spec.template.spec.terminationGracePeriodSeconds;
    expect(grace(objects, "packit-worker-long-running")).toBe(900);
    const workers = { longRunning: { terminationGracePeriodSeconds: 1800 } };
    expect(grace(await objectsOf("stage", { workers }), "packit-worker-long-running")).toBe(1800);
  });
});

describe("a rollout", () => {
  it("replaces pods one by one where two can run side by side, and beat and the stores only when the former is gone", () => {
    const strategies = objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ metadata, spec }) => [metadata.name, (spec as Anything).strategy.type]);
    const rolling = strategies.filter(([, type]) => type === "RollingUpdate").map(([name]) => name);
    expect(rolling.sort()).toEqual(["flower", "nginx", "packit-dashboard", "packit-service"]);
    expect(strategies).toContainEqual(["packit-service-beat", "Recreate"]);
  });

  it("migrates the database in a job with memory of its own, and again in what OpenShift rolls by itself", () => {
    const job: Anything = objects.find(({ kind }) => kind === "Job");
    const [container] = job.spec.template.spec.containers;
    expect(container).toMatchObject({
      command: ["alembic-3", "upgrade", "head"],
      workingDir: "/src",
      resources: { limits: { memory: "4Gi" } },
    });
    const { initContainers } = find(objects, "Deployment", "packit-service").spec.template.spec;
    expect(initContainers).toEqual([container]);
  });

  it("has another job for another image, configuration or password, and the same one for the same", async () => {
    const job = async (changes: object) =>
      (await objectsOf("stage", changes as Record<string, unknown>)).find(({ kind }) => kind === "Job")
        ?.metadata.name;
    const names = await Promise.all(
      [
        {},
        {},
        { images: { service: `quay.io/packit/packit-service@sha256:${"1".repeat(64)}` } },
        { packitConfig: { admins: ["me"] } },
        { secrets: { postgresPassword: "another" } },
        { fedoraMessaging: { app: "another" } },
      ].map(job),
    );
    const [base, same, image, config, password, unrelated] = names;
    expect([same, unrelated]).toEqual([base, base]);
    expect(new Set([base, image, config, password]).size).toBe(4);
  });
});

describe("what has more than one pod", () => {
  it("is drained one pod at a time; what has one blocks no drain", async () => {
    const many = await objectsOf("stage", {
      service: TWO,
      dashboard: TWO,
      nginx: TWO,
      workers: { shortRunning: TWO },
    });
    const budgets = many.filter(({ kind }) => kind === "PodDisruptionBudget");
    const names = ["nginx", "packit-dashboard", "packit-service", "packit-worker-short-running"];
    expect(budgets.map(({ metadata }) => metadata.name)).toEqual(names);
    for (const { spec } of budgets) expect(spec).toMatchObject({ maxUnavailable: 1 });
    const one = await objectsOf("stage");
    expect(one.filter(({ kind }) => kind === "PodDisruptionBudget")).toEqual([]);
  });
});

describe("what may have more than one pod", () => {
  const parts = ["service", "dashboard", "nginx"];
  const pools = ["shortRunning", "longRunning", "generic"];
  const each = (names: readonly string[]) =>
    fc.record(
      Object.fromEntries(
        names.map((name) => [name, fc.record({ replicas: fc.integer({ min: 1, max: 5 }) })]),
      ),
    );

  it("is spread over nodes, and nothing else is", async () => {
    for (const [name, { spec }] of templates(objects)) {
      const mayHaveMore = /^(packit-(service|dashboard|worker-.*)|nginx)$/.test(name);
      expect(spec.topologySpreadConstraints !== undefined, name).toBe(mayHaveMore);
    }
  });

  it("has the same pods however many there are: more or fewer, or none for maintenance, replace none that runs", async () => {
    const counts = fc.tuple(each(parts), each(pools), fc.boolean());
    const seen = async ([some, workers, maintenance]: [object, object, boolean]) =>
      Object.fromEntries(templates(await objectsOf("stage", { ...some, workers, maintenance })));
    const one = { replicas: 1 };
    const wanted = await seen([{}, Object.fromEntries(pools.map((name) => [name, one])), false]);
    expect(Object.keys(wanted)).toContain("packit-worker");
    await fc.assert(
      fc.asyncProperty(counts, async (some) => {
        expect(await seen(some)).toEqual(wanted);
      }),
      { numRuns: 8 },
    );
  });
});

function main(name: string): Anything {
  return templates(objects).get(name).spec.containers[0];
}

function containers(all: readonly KubernetesObject[]): [string, Anything][] {
  return [...allTemplates(all)].flatMap(([name, { spec }]) =>
    [...spec.containers, ...(spec.initContainers ?? [])].map((one): [string, Anything] => [
      `${name} ${one.name}`,
      one,
    ]),
  );
}
