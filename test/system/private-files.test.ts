import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Settings } from "../../components/settings.ts";
import { credentials } from "../../local/credentials.ts";
import { writeKubeconfig } from "../../local/kubeconfig.ts";
import { overridden } from "../../local/overrides.ts";
import { localPaths } from "../../local/paths.ts";
import { pulumiUp } from "../../local/pulumi.ts";
import { PulumiEngine } from "../../operations/test-instances/pulumi-engine.ts";
import { standIns } from "../../settings/secrets/stand-ins.ts";
import { PART_NAMES, testInstanceConfig } from "../../settings/test-instance.ts";
import { pulumiFailure } from "../../system/pulumi-failure.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { markedSecrets } from "../support/marks.ts";
import { POOL } from "../support/pool.ts";
import { configOf, ROOT } from "../support/stacks.ts";

let base: string;
let before: number;

beforeEach(() => {
  base = temporaryFolder();
  // As lax as a person can be: what is private is so by itself.
  before = process.umask(0);
});
afterEach(() => {
  process.umask(before);
  vi.unstubAllEnvs();
});

/** Each writes something secret below a folder that is not there yet. */
const WRITERS: Readonly<Record<string, (folder: string) => unknown>> = {
  "the stand-ins of a disposable stack": (folder) => standIns(folder, configOf("stage")),
  "the credentials of the local control plane": (folder) => credentials(localPaths(folder)),
  "the log of a failed Pulumi": (folder) =>
    pulumiFailure({ what: "x", output: "y", log: join(folder, "log"), secrets: [] }),
};

describe("what is secret is its user's alone:", () => {
  it.each(Object.entries(WRITERS))("%s", async (_, write) => {
    const folder = join(base, "secret");
    await write(folder);
    expect(open(folder)).toEqual([]);
  });

  it("the kubeconfig of the local control plane", () => {
    writeKubeconfig(localPaths(base), { port: 1, token: "t", certificate: Buffer.from("c") });
    expect(statSync(join(base, "kubeconfig")).mode & 0o077).toBe(0);
  });

  it("the project of Pulumi's engine on the local control plane", async () => {
    stubPulumi("");
    const local = { paths: localPaths(join(base, "state")), root: ROOT, stack: "stage" };
    await pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
    // What all stacks share holds no secret, and is in a folder that nobody else may enter.
    expect(open(join(local.paths.state, "pulumi"), "Pulumi.yaml")).toEqual([]);
  });

  it("the project of a test instance, while Pulumi runs in it", async () => {
    const said = join(base, "said");
    // Its version is asked for elsewhere.
    stubPulumi(`[ ! -e Pulumi.test-one.yaml ] || { pwd; find . -perm /077 ! -name Pulumi.yaml; } >> ${said}`);
    const root = join(base, "root");
    mkdirSync(root);
    writeFileSync(join(root, "Pulumi.yaml"), readFileSync(join(ROOT, "Pulumi.yaml")));
    const parts = Object.fromEntries(PART_NAMES.map((name) => [name, false]));
    const secrets = markedSecrets() as Anything;
    const own = { name: "one", pool: POOL, fasUser: "packit-test", images: {}, parts, secrets };
    const config = testInstanceConfig({ ...own, base: configOf("stage") });
    const declared = { name: "one", config, standIns: {}, settings: {} as Settings, objects: async () => [] };
    // This one has no plan to show.
    const up = new PulumiEngine({ root, env: {} }).up(declared, () => {}, new AbortController().signal);
    await expect(up).rejects.toThrow("something else than a plan");
    const lines = new Set(readFileSync(said, "utf8").trim().split("\n"));
    expect([...lines]).toEqual([expect.stringContaining("packit-pulumi-")]);
  });
});

/** What others may read or enter in a folder, itself included. */
function open(folder: string, but?: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  expect(all.length).toBeGreaterThan(0);
  return [folder, ...all]
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => relative(folder, path))
    .filter((name) => name !== but);
}

/** Stands in for Pulumi's CLI. */
function stubPulumi(script: string): void {
  const folder = temporaryFolder();
  const answers = 'case "$*" in *history*|*ls*) echo "[]" ;; version*) echo v3.300.0 ;; *) echo "{}" ;; esac';
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n${answers}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
}
