import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Settings } from "../../components/settings.ts";
import { PulumiEngine } from "../../operations/test-instances/pulumi-engine.ts";
import { PART_NAMES, testInstanceConfig } from "../../settings/test-instance.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK, markedSecrets } from "../support/marks.ts";
import { POOL } from "../support/pool.ts";
import { configOf, ROOT } from "../support/stacks.ts";

/** Stands in for Pulumi's CLI: it records how it was called and what it found, and knows one stack. */
const STAND_IN = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, readdirSync } = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "version") { console.log("v3.300.0"); process.exit(); }
const file = "Pulumi.test-one.yaml";
const call = { args, cwd: process.cwd(), env: process.env.MINE, stack: existsSync(file) ? readFileSync(file, "utf8") : "" };
call.secrets = process.env.PACKIT_TEST_INSTANCE_SECRETS;
call.files = readdirSync(".", { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => readFileSync(one.parentPath + "/" + one.name, "utf8"));
appendFileSync(process.env.RECORD, JSON.stringify(call) + "\\n");
const own = { op: "create", urn: "urn:a", newState: { type: "kubernetes:core/v1:ConfigMap", inputs: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "packit-test-one" } } } };
if (args[0] === "preview") console.log(JSON.stringify({ steps: [own, ...(process.env.PLANNED ? [JSON.parse(process.env.PLANNED)] : [])] }));
else if (args.includes("output") || args.includes("config")) console.log("{}");
else if (args.includes("history")) console.log("[]");
else if (args.includes("ls")) console.log(JSON.stringify((process.env.KNOWN ?? "").split(" ").filter(Boolean).map((name) => ({ name, current: false, updateInProgress: false }))));
else if (args[0] === process.env.BREAKS) {
  // It says whatever it can know.
  const { forgeTokens = {}, ...named } = JSON.parse(call.secrets ?? "{}").secrets ?? {};
  for (const value of [...Object.values(named), ...Object.values(forgeTokens)]) console.log(value);
  console.error("error: it broke with " + process.env.PULUMI_CONFIG_PASSPHRASE);
  process.exit(255);
}
`;

let record: string;
let root: string;

beforeEach(() => {
  const folder = temporaryFolder();
  root = join(folder, "root");
  mkdirSync(root);
  writeFileSync(join(root, "Pulumi.yaml"), readFileSync(join(ROOT, "Pulumi.yaml")));
  record = join(folder, "record");
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "pulumi"), STAND_IN, { mode: 0o755 });
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH}`);
  vi.stubEnv("RECORD", record);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("Pulumi's engine for test instances", () => {
  it("brings up a stack of the instance's name, and writes no secret anywhere", async () => {
    await engine().up(declared(), () => {}, new AbortController().signal);
    const up = calls().find(({ args }) => args[0] === "up");
    expect(up?.args).toEqual(expect.arrayContaining(["--yes", "--skip-preview", "--stack", "test-one"]));
    const commands = calls().map(({ args }) => args.join(" "));
    const refresh = commands.findIndex((line) => /^refresh .*--clear-pending-creates/.test(line));
    expect(refresh).toBeGreaterThan(commands.findIndex((line) => line.startsWith("cancel")));
    expect(refresh).toBeLessThan(commands.findIndex((line) => line.startsWith("up ")));
    expect(commands).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^stack (select|init).*test-one/),
        expect.stringMatching(/^cancel/),
      ]),
    );
    expect(up?.env).toBe("yes");
    expect(JSON.parse(up?.secrets ?? "")).toMatchObject({
      secrets: markedSecrets(),
      standIns: { token: "t" },
    });
    expect(JSON.stringify(calls().map(({ files }) => files))).not.toContain(MARK);
    expect(JSON.stringify(calls().map(({ args }) => args))).not.toContain(MARK);
    expect(existsSync(up?.cwd ?? "")).toBe(false);
  });

  it("says what Pulumi said when it fails, and leaves no secret behind then either", async () => {
    vi.stubEnv("BREAKS", "up");
    await expect(engine().up(declared(), () => {}, new AbortController().signal)).rejects.toThrow(
      /^`pulumi up` failed:\n {2}.*error: it broke with undefined\n.*All that it said is in \S*\/\.local\/logs\/pulumi-test-one\.log$/s,
    );
    expect(existsSync(calls()[0]?.cwd ?? "")).toBe(false);
  });

  it.each([
    "its own variables",
    "the environment",
  ])("neither shows nor keeps a secret that Pulumi says, nor the passphrase of %s", async (from) => {
    const passphrase = "correct horse battery staple";
    vi.stubEnv("BREAKS", "up");
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", from === "the environment" ? passphrase : "another");
    const env = from === "the environment" ? {} : { PULUMI_CONFIG_PASSPHRASE: passphrase };
    const own = new PulumiEngine({ root, env });
    const error = await own.up(declared(), () => {}, new AbortController().signal).catch((cause) => cause);
    const log = readFileSync(join(root, ".local", "logs", "pulumi-test-one.log"), "utf8");
    expect(log).toContain("it broke with");
    for (const text of [log, error.message]) {
      expect(text).not.toContain(passphrase);
      expect(text).not.toMatch(new RegExp(`${MARK}-(0-(?!keytab)|gitlab|pagure)`));
      expect(text).not.toContain("PRIVATE KEY-----\n");
    }
  });

  it("forgets the stack of an instance that is gone, and does nothing where there is none", async () => {
    const removed = () => calls().filter(({ args }) => args[0] === "stack" && args[1] === "rm");
    await engine().forget("one");
    expect(removed()).toEqual([]);
    // Others' stacks of the same backend.
    vi.stubEnv("KNOWN", "stage me/test/test-one-more test-on");
    await engine().forget("one");
    expect(removed()).toEqual([]);
    vi.stubEnv("KNOWN", "stage me/test/test-one");
    await engine().forget("one");
    expect(removed()[0]?.args).toEqual(expect.arrayContaining(["--yes", "--force", "test-one"]));
    // What it made is gone already, and could not be destroyed where it hangs.
    expect(calls().some(({ args }) => args[0] === "destroy")).toBe(false);
  });

  it("lets another run of the same instance be, each in a folder of its own", async () => {
    const both = [1, 2].map(() => engine().up(declared(), () => {}, new AbortController().signal));
    await Promise.all([...both, engine().forget("one")]);
    expect(new Set(calls().map(({ cwd }) => cwd)).size).toBe(3);
  });

  it.each([
    [
      "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
      "rbac.authorization.k8s.io/v1",
      "root",
      undefined,
    ],
    ["kubernetes:core/v1:ConfigMap", "v1", "a", "packit--stg"],
    ["kubernetes:core/v1:ConfigMap", "v1", "b", "packit-test-one"],
    ["command:local:Command", "v1", "a", "packit-test-one"],
  ])("makes nothing where it plans a %s that was not looked at", async (type, apiVersion, name, namespace) => {
    const inputs = { apiVersion, kind: type.split(":").at(-1), metadata: { name, namespace } };
    vi.stubEnv("PLANNED", JSON.stringify({ op: "create", urn: `urn:${name}`, newState: { type, inputs } }));
    const refused = engine().up(declared(), () => {}, new AbortController().signal);
    await expect(refused).rejects.toThrow(`so nothing was made:\n  urn:${name}`);
    expect(calls().some(({ args }) => args[0] === "up")).toBe(false);
  });
});

interface Call {
  readonly args: string[];
  readonly cwd: string;
  readonly env: string;
  readonly stack: string;
  readonly secrets?: string;
  readonly files: string[];
}

function engine(): PulumiEngine {
  return new PulumiEngine({ root, env: { MINE: "yes" } });
}

function declared() {
  const parts = Object.fromEntries(PART_NAMES.map((name) => [name, false]));
  const args = {
    name: "one",
    base: configOf("stage"),
    pool: POOL,
    fasUser: "packit-test",
    images: {},
    parts,
  };
  const config = testInstanceConfig({ ...args, secrets: markedSecrets() as Anything });
  const objects = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", namespace: "packit-test-one" } },
  ];
  const standIns = { token: "t" };
  // The engine does not look at the settings.
  return { name: "one", config, standIns, settings: {} as Settings, objects: async () => objects };
}

function calls(): Call[] {
  const lines = existsSync(record) ? readFileSync(record, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line));
}
