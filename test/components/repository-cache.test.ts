import { describe, expect, it } from "vitest";
import { egressHosts } from "../../components/egress-hosts.ts";
import type { Anything } from "../support/anything.ts";
import { registered } from "../support/registered.ts";
import { find, objectsOf, settingsOf } from "../support/stacks.ts";

const REPOSITORIES = [
  { url: "https://git.example.com:8443/systemd" },
  { url: "https://gitlab.com/cki-project/kernel-ark", branches: ["os-build"] },
];

describe("the repository cache", () => {
  it("may have a storage class of its own, on either side", async () => {
    const objects = await objectsOf("prod", { repositoryCache: { storageClass: "fast", size: "9Gi" } });
    const claim = find(
      objects,
      "PersistentVolumeClaim",
      "sandcastle-repository-cache-packit-worker-long-running-1",
    );
    const [template] = find(objects, "StatefulSet", "packit-worker-long-running").spec.volumeClaimTemplates;
    for (const { spec } of [claim, template]) {
      expect([spec.storageClassName, spec.resources.requests.storage, spec.accessModes]).toEqual([
        "fast",
        "9Gi",
        ["ReadWriteOnce"],
      ]);
    }
    expect(find(objects, "PersistentVolumeClaim", "postgres-15").spec.storageClassName).toBe("aws-ebs");
  });

  it("keeps a sandbox's volume whose worker goes, and takes it over when the worker is back", async () => {
    const resources = await registered({});
    const claims = resources.filter(({ name }) => name.startsWith("packit-sandbox-cache-"));
    expect(claims).toHaveLength(1);
    for (const { provider, isRetained } of claims) {
      expect(isRetained).toBe(true);
      expect(provider).toBe("packit-adopter");
    }
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
