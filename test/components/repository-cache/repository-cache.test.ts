import { describe, expect, it } from "vitest";
import { egressHosts } from "../../../components/egress.ts";
import { cacheJob } from "../../../components/repository-cache/fill-job.ts";
import { type CacheVolume, cacheVolumes } from "../../../components/repository-cache/settings.ts";
import type { Anything } from "../../support/anything.ts";
import { registered } from "../../support/registered.ts";
import { find, objectsOf, settingsOf } from "../../support/stacks.ts";

/** The claims of the workers and of their sandboxes, but for the workers' numbers. */
const CLAIMS = ["packit-worker-repository-cache", "sandcastle-repository-cache"].map(
  (side) => `${side}-packit-worker-long-running`,
);

const REPOSITORIES = [
  { url: "https://git.example.com:8443/systemd" },
  { url: "https://gitlab.com/cki-project/kernel-ark", branches: ["os-build"] },
];

describe("the repository cache", () => {
  it("may have a storage class of its own, on either side", async () => {
    const objects = await objectsOf("prod", { repositoryCache: { storageClass: "fast", size: "9Gi" } });
    for (const name of CLAIMS.flatMap((side) => [`${side}-0`, `${side}-1`])) {
      const { spec } = find(objects, "PersistentVolumeClaim", name);
      expect([spec.storageClassName, spec.resources.requests.storage, spec.accessModes]).toEqual([
        "fast",
        "9Gi",
        ["ReadWriteOnce"],
      ]);
    }
    expect(find(objects, "PersistentVolumeClaim", "postgres-15").spec.storageClassName).toBe("aws-ebs");
  });

  it("grows on both sides, and replaces no worker for that", async () => {
    const before = await objectsOf("prod");
    const after = await objectsOf("prod", { repositoryCache: { size: "20Gi" } });
    const changed = after.filter((object, i) => JSON.stringify(object) !== JSON.stringify(before[i]));
    expect(changed.map(({ kind, metadata }) => [kind, metadata.name]).sort()).toEqual(
      CLAIMS.flatMap((side) => [0, 1].map((i) => ["PersistentVolumeClaim", `${side}-${i}`])),
    );
  });

  it("keeps the volumes of a worker that goes, and takes them over when it is back", async () => {
    const resources = await registered({});
    const claims = resources.filter(({ objectName = "" }) =>
      CLAIMS.some((side) => objectName.startsWith(side)),
    );
    expect(claims.map(({ objectName }) => objectName).sort()).toEqual(CLAIMS.map((side) => `${side}-0`));
    for (const { isRetained, object } of claims) {
      expect(isRetained).toBe(true);
      // Those that a StatefulSet made are its controller's, down to the size.
      expect(object.metadata.annotations["pulumi.com/patchForce"]).toBe("true");
    }
    const workers = resources.find(({ name }) => name === "packit-packit-worker-long-running-stateful-set");
    const own = claims.find(({ objectName }) => objectName === `${CLAIMS[0]}-0`);
    expect(workers?.dependencies).toContain(own?.name);
  });

  it("opens the firewall and the fillers' policy for its repositories, and for nobody else's pods", async () => {
    const changes = { repositoryCache: { repositories: REPOSITORIES } };
    const hosts = egressHosts(settingsOf("prod", changes));
    expect(hosts).toContainEqual({ host: "git.example.com", ports: [8443], why: "cached repositories" });
    const objects = await objectsOf("prod", changes);
    const inSandbox = objects.find(
      ({ kind, metadata }) =>
        kind === "NetworkPolicy" &&
        metadata.name === "repository-cache" &&
        metadata.namespace?.endsWith("-sandbox"),
    ) as Anything;
    expect(JSON.stringify(inSandbox.spec)).toContain('"port":8443');
    const ports = (name: string) =>
      find(
        objects.filter(({ metadata }) => metadata.namespace === "packit--prod"),
        "NetworkPolicy",
        name,
      ).spec.egress.flatMap(({ ports }: Anything) => ports.map(({ port }: Anything) => port));
    expect(ports("repository-cache")).toEqual(expect.arrayContaining([443, 8443]));
    expect(ports("packit-worker-long-running")).not.toContain(8443);
  });
});

describe("a Job on a cache volume", () => {
  it("shares its worker's node, as the volume is on that one alone, or waits for it", () => {
    const settings = settingsOf("prod");
    const [sandbox, worker] = cacheVolumes("packit-worker-long-running-1", settings);
    const affinityOf = (volume: CacheVolume, workerRuns: boolean) =>
      (cacheJob({ settings, volume, task: ["status"], workerRuns, limitSeconds: 1 }) as Anything).spec
        .template.spec.affinity;
    expect(affinityOf(worker, true)).toEqual({
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { "statefulset.kubernetes.io/pod-name": worker.worker } },
            topologyKey: "kubernetes.io/hostname",
          },
        ],
      },
    });
    // Nobody is there to be beside.
    expect([affinityOf(worker, false), affinityOf(sandbox, true)]).toEqual([undefined, undefined]);
  });
});

describe("a refresh of the caches", () => {
  const changes = { repositoryCache: { repositories: REPOSITORIES, refresh: { enabled: true } } };

  it("knows the Jobs of all volumes, and what each is to fetch", async () => {
    const objects = await objectsOf("prod", changes);
    const { data } = find(objects, "ConfigMap", "repository-cache-refresh");
    const workers = ["packit-worker-long-running-0", "packit-worker-long-running-1"];
    expect(Object.keys(data)).toEqual(
      workers.flatMap((name) => [`${name}.sandbox.json`, `${name}.worker.json`]),
    );
    const job = JSON.parse(data[`${workers[1]}.sandbox.json`]);
    expect(job.metadata).toMatchObject({
      name: `repository-cache-${workers[1]}`,
      namespace: "packit--prod-sandbox",
    });
    expect(JSON.parse(job.spec.template.spec.containers[0].command.at(-1))).toEqual([
      { name: "systemd", url: REPOSITORIES[0]?.url, branches: [] },
      { name: "kernel-ark", url: REPOSITORIES[1]?.url, branches: ["os-build"] },
    ]);
  });

  it("is off by default, and while the workers are stopped, beside which it runs", async () => {
    for (const off of [{}, { ...changes, maintenance: true }]) {
      const names = (await objectsOf("prod", off)).map(({ metadata }) => metadata.name);
      expect(names).not.toContain("repository-cache-refresh");
    }
  });
});
