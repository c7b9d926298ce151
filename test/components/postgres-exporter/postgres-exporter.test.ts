import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { registered } from "../../support/registered.ts";
import { type Changes, find, objectsOf, templates } from "../../support/stacks.ts";

const ON = { withPostgresExporter: true };

describe("the exporter of PostgreSQL's metrics", () => {
  let objects: readonly KubernetesObject[];
  beforeAll(async () => {
    objects = await objectsOf("stage", ON);
  });

  it("is left out, with its password and all that it asks of others, unless it is switched on", async () => {
    expect(JSON.stringify(await objectsOf("stage"))).not.toMatch(/exporter|postgres-roles/);
    const secrets = { postgresExporterPassword: undefined };
    const named = async (changes: Changes) =>
      (await registered({ secrets, ...changes }))
        .map(({ name }) => name)
        .filter((name) => /exporter|roles/.test(name));
    expect(await named({})).toEqual([]);
    expect(await named(ON)).toContain("packit-passwords-postgres-exporter");
  });

  it("reads the database as a user of its own, whose password PostgreSQL is told", () => {
    const [exporter] = templates(objects).get("postgres-exporter").spec.containers;
    const [database] = templates(objects).get("postgres-15").spec.containers;
    const env = (container: typeof exporter) =>
      Object.fromEntries(container.env.map((one: { name: string }) => [one.name, one]));
    const { DATA_SOURCE_URI, DATA_SOURCE_USER, DATA_SOURCE_PASS } = env(exporter);
    expect(DATA_SOURCE_URI.value).toBe("postgres:5432/packit?sslmode=disable");
    expect(env(database).DATABASE_ROLES.value).toBe(`${DATA_SOURCE_USER.value}:pg_monitor`);
    const { name, key } = DATA_SOURCE_PASS.valueFrom.secretKeyRef;
    const told = find(objects, "Secret", "postgres-roles").data[DATA_SOURCE_USER.value];
    expect(find(objects, "Secret", name).data[key]).toBe(told);
    const mounted = database.volumeMounts.map((one: { mountPath: string }) => one.mountPath);
    expect(mounted).toEqual(expect.arrayContaining(["/roles", "/opt/app-root/src/postgresql-start"]));
  });

  it("is scraped through the proxy, and reaches the database and nothing else", () => {
    expect(find(objects, "ConfigMap", "nginx-config").data["nginx.conf"]).toContain(
      "proxy_pass http://postgres-exporter:9187/metrics;",
    );
    const { ingress, egress } = find(objects, "NetworkPolicy", "postgres-exporter").spec;
    const peers = (rules: { from?: unknown; to?: unknown; ports: { port: number }[] }[]) =>
      rules.map(({ ports, ...rule }) => [Object.values(rule), ports.map(({ port }) => port)]);
    const pod = (component: string) => [[{ podSelector: { matchLabels: { component } } }]];
    expect(peers(ingress)).toEqual([[pod("nginx"), [9187]]]);
    expect(peers(egress.slice(1))).toEqual([[pod("postgres-15"), [5432]]]);
  });

  it("is there without Flower and Pushgateway, behind a proxy that shows it alone", async () => {
    const alone = await objectsOf("stage", { ...ON, withFlower: false, withPushgateway: false });
    const text = find(alone, "ConfigMap", "nginx-config").data["nginx.conf"];
    expect(text.match(/location \S+ ?\S*/g)).toEqual([
      "location = /healthz",
      "location = /postgres-metrics",
      "location / {",
    ]);
  });
});
