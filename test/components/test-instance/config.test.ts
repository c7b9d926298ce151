import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Pool } from "../../../components/test-instance/pool.ts";
import { evaluate } from "../../../render/evaluate.ts";
import type { KubernetesObject } from "../../../render/kubernetes-object.ts";
import { loadSettings } from "../../../settings/load.ts";
import { namespacesOf, PART_NAMES, testInstanceConfig } from "../../../settings/test-instance.ts";
import { holdsMark } from "../../support/marks.ts";
import { POOL, poolOf } from "../../support/pool.ts";
import { faults } from "../../support/references.ts";
import { type Changes, configOf, find, objectsOf, ROOT } from "../../support/stacks.ts";

const EVERYTHING = Object.fromEntries(PART_NAMES.map((name) => [name, true]));

describe("a test instance", () => {
  it.each(["stage", "prod"] as const)("over %s has none of its secrets, hosts or names", async (base) => {
    const objects = await instance(base);
    const text = JSON.stringify(objects) + decoded(objects);
    expect(holdsMark(text)).toBe(false);
    expect(text).not.toMatch(/packit--(stg|prod)|[^-.](stg|prod|dashboard|workers)\.packit\.dev|arr-packit/);
    const own = new Set(
      (await objectsOf(base)).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    );
    for (const { kind, metadata } of objects)
      expect(own).not.toContain(`${kind} ${metadata.namespace}/${metadata.name}`);
  });

  it("says of no part that it is as it would be without, as a program of a pull request may not know it yet", () => {
    const parts = { ...EVERYTHING, beat: false, "postgres-exporter": false };
    const { values } = testInstanceConfig({ ...OWN, parts, base: configOf("stage") });
    expect(values).toMatchObject({ withBeat: false, withTokman: true });
    expect(values).not.toHaveProperty("withPostgresExporter");
    expect(values).not.toHaveProperty("withFedmsg");
  });

  it("acts on nobody's projects but by its own commands, whatever its base does", async () => {
    const acting = {
      admins: ["me"],
      projects_to_sync: [
        { forge: "f", repo_namespace: "n", repo_name: "r", branch: "b", dg_repo_name: "d", dg_branch: "e" },
      ],
      enabled_private_namespaces: ["gitlab.com/private"],
      enabled_projects_for_internal_tf: ["github.com/x/y"],
      gitlab_mr_targets_handled: [{ repo: "x", branch: "y" }],
    };
    const config = packitConfig(await instance("prod", { packitConfig: acting }));
    for (const key of Object.keys(acting)) expect(config).not.toHaveProperty(key);
    expect(config).toMatchObject({
      deployment: "dev",
      comment_command_prefix: "/packit-one",
      server_name: "one.apps.example.com",
      fedora_ci_run_by_default: false,
      logdetective_enabled: true,
    });
  });

  it("is in the pool's cluster, whatever its base is in, keeps nothing when it goes, and backs nothing up", async () => {
    const base = configOf("prod", { withBackup: true, kubeContext: "packit-prod", disposable: false });
    const { values } = testInstanceConfig({ ...OWN, base });
    expect(values).toMatchObject({ kubeContext: POOL.kubeContext, disposable: true });
    const jobs = (await instance("prod", { withBackup: true })).filter(({ kind }) => kind === "CronJob");
    expect(jobs.map(({ metadata }) => metadata.name)).toEqual([]);
  });

  it("has its base's images, but for those that were built", async () => {
    const built = `quay.io/x/y@sha256:${"0".repeat(64)}`;
    const objects = await instance("prod", {}, { images: { worker: built } });
    const images = JSON.stringify(objects.filter(({ kind }) => kind === "ImageStream"));
    expect(images).toContain("quay.io/packit/packit-service:prod");
    expect(find(objects, "StatefulSet", "packit-worker").spec.template.spec.containers[0].image).toBe(built);
  });

  it("is whole with and without any of its parts", async () => {
    expect(faults(await instance("stage"))).toEqual([]);
    for (const part of PART_NAMES.filter((name) => name !== "tokman")) {
      expect(faults(await instance("stage", {}, { parts: { ...EVERYTHING, [part]: false } })), part).toEqual(
        [],
      );
    }
    const kubernetes = poolOf({ platform: "kubernetes" });
    expect(
      faults(await instance("stage", {}, { pool: kubernetes, parts: { ...EVERYTHING, dashboard: false } })),
    ).toEqual([]);
  });

  it("approves the pool's namespaces when its database is migrated", async () => {
    const objects = await instance("stage");
    const migration = objects.find(({ kind }) => kind === "Job");
    expect(JSON.stringify(migration)).toContain("github.com/packit");
    expect(JSON.stringify(migration)).toContain("alembic-3 upgrade head");
  });
});

it("is of no pool that does not say which storage class there is: sandboxes must be told", () => {
  expect(() => poolOf({ storageClass: undefined })).toThrow(
    /packit:testInstances\.storageClass\n.*nothing\n/,
  );
});

const OWN = {
  name: "one",
  pool: POOL,
  fasUser: "packit-test",
  secrets: {},
  images: {},
  parts: EVERYTHING,
};

interface Args {
  readonly pool?: Pool;
  readonly images?: Record<string, string>;
  readonly parts?: Record<string, boolean>;
}

async function instance(
  base: "stage" | "prod",
  changes: Changes = {},
  args: Args = {},
): Promise<KubernetesObject[]> {
  const config = testInstanceConfig({ ...OWN, ...args, base: configOf(base, changes) });
  const standIn = (name: string) => `stand-in-${name}`;
  const settings = loadSettings(config, { kind: "given", root: ROOT, standIn });
  return evaluate(settings, { generate: ({ name }) => `generated-${name}`, secrets: { keep: true } });
}

function decoded(objects: readonly KubernetesObject[]): string {
  const secrets = objects.filter(({ kind }) => kind === "Secret") as unknown as {
    data: Record<string, string>;
  }[];
  return secrets
    .flatMap(({ data }) => Object.values(data).map((value) => Buffer.from(value, "base64").toString()))
    .join("\n");
}

function packitConfig(objects: readonly KubernetesObject[]): unknown {
  const { data } = find(objects, "Secret", "packit-config");
  return parse(Buffer.from(data["packit-service.yaml"], "base64").toString());
}

it("has namespaces that are named after it", () => {
  expect(namespacesOf("one")).toEqual([
    "packit-test-one",
    "packit-test-one-sandbox",
    "packit-test-one-builds",
  ]);
});
