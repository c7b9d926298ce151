import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { credentials } from "../../local/credentials.ts";
import { overridden } from "../../local/overrides.ts";
import { localPaths } from "../../local/paths.ts";
import { isPulumiStack, type LocalPulumi, pulumiDestroy, pulumiUp } from "../../local/pulumi.ts";
import { stackPhases } from "../../local/up.ts";
import { readStackFile } from "../../settings/stack-file.ts";
import { temporaryFolder } from "../support/folder.ts";
import { holdsMark } from "../support/marks.ts";
import { configOf, ROOT, settingsOf } from "../support/stacks.ts";

/**
 * Stands in for Pulumi's CLI: it records how it was called, says a line, and ends as it is told to: at once, or when it
 * is asked to.
 */
const STAND_IN = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { execFileSync } = require("node:child_process");
const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, KUBECONFIG, RECORD, EXIT, WAITS } = process.env;
const call = { args: process.argv.slice(2), cwd: process.cwd(), PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, KUBECONFIG };
appendFileSync(RECORD, JSON.stringify(call) + "\\n");
console.log("working on it");
if (EXIT !== "0") console.error("it broke with " + PULUMI_CONFIG_PASSPHRASE);
if (WAITS === call.args[0]) {
  const group = execFileSync("ps", ["-o", "pgid=", "-p", process.pid], { encoding: "utf8" });
  const isAlone = Number(group) === process.pid;
  const waits = setTimeout(() => {}, 30_000);
  for (const signal of ["SIGINT", "SIGTERM"])
    process.on(signal, () => {
      appendFileSync(RECORD, JSON.stringify({ args: [signal], isAlone }) + "\\n");
      clearTimeout(waits);
    });
  console.log("waiting");
}
process.exitCode = Number(EXIT);
`;

let local: LocalPulumi;
let record: string;

beforeEach(() => {
  const folder = temporaryFolder();
  local = { paths: localPaths(join(folder, "state")), root: ROOT, stack: "stage" };
  record = join(folder, "record");
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "pulumi"), STAND_IN, { mode: 0o755 });
  vi.stubEnv("PATH", `${join(folder, "bin")}${delimiter}${process.env.PATH}`);
  vi.stubEnv("RECORD", record);
  vi.stubEnv("EXIT", "0");
});

afterEach(() => vi.unstubAllEnvs());

describe("pulumi up on the local control plane", () => {
  it("selects the stack and brings it up, in a project and a backend beside the control plane's data", async () => {
    const said: string[] = [];
    await pulumiUp(local, overridden(configOf("stage")).config, { report: (line) => said.push(line) });
    const state = join(local.paths.state, "pulumi");
    expect(calls()).toEqual([
      expect.objectContaining({
        args: ["stack", "select", "--create", "--non-interactive", "--stack", "stage"],
      }),
      expect.objectContaining({ args: ["cancel", "--yes", "--non-interactive", "--stack", "stage"] }),
      expect.objectContaining({
        args: ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", "stage"],
      }),
    ]);
    for (const call of calls()) {
      expect(call).toMatchObject({
        cwd: state,
        PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
        KUBECONFIG: local.paths.kubeconfig,
      });
    }
    expect(parse(readFileSync(join(state, "Pulumi.yaml"), "utf8")).main).toBe(join(ROOT, "main.js"));
    expect(said).toContain("working on it");
  });

  it("leaves what all stacks share in the project's file", async () => {
    await pulumiUp(local, overridden(readStackFile(ROOT, "stage")).config, { report: () => {} });
    const read = (name: string) =>
      parse(readFileSync(join(local.paths.state, "pulumi", name), "utf8")).config;
    expect(read("Pulumi.stage.yaml")).not.toHaveProperty("packit:fedoraCi");
    expect(read("Pulumi.yaml")["packit:fedoraCi"].default.stg.servedBy).toBe("packit");
  });

  it("gives the program the overridden configuration, and keeps the salt that Pulumi put beside it", async () => {
    const { config } = overridden(configOf("stage"));
    const file = join(local.paths.state, "pulumi", "Pulumi.stage.yaml");
    await pulumiUp(local, config, { report: () => {} });
    writeFileSync(file, `encryptionsalt: v1:abc\n${readFileSync(file, "utf8")}`);
    await pulumiUp(local, config, { report: () => {} });
    const written = parse(readFileSync(file, "utf8"));
    expect(written.encryptionsalt).toBe("v1:abc");
    expect(written.config["packit:platform"]).toBe("openshift");
    expect(written.config["packit:kubeContext"]).toBe("packit-local");
    expect(holdsMark(readFileSync(file, "utf8"))).toBe(false);
  });

  it("passes the passphrase by the environment, and no secret by arguments", async () => {
    await pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
    const { seed } = credentials(local.paths);
    for (const call of calls()) {
      expect(call.PULUMI_CONFIG_PASSPHRASE).toBe(seed);
      expect(JSON.stringify(call.args)).not.toContain(seed);
      expect(holdsMark(JSON.stringify(call))).toBe(false);
    }
  });

  it("drops what a killed run was making from the state, and only then", async () => {
    const pending = (type: string) => ({ type, resource: {} });
    for (const [operations, expected] of [
      [[], false],
      [[pending("updating"), pending("deleting")], false],
      [[pending("updating"), pending("creating")], true],
    ] as const) {
      writeState({ checkpoint: { latest: { pending_operations: operations } } });
      await pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
      const last = calls()
        .slice(-3)
        .map(({ args }) => args.join(" "));
      expect(last.some((line) => /^refresh --clear-pending-creates /.test(line))).toBe(expected);
      expect(last.at(-1)).toMatch(/^up /);
    }
  });

  it("fails with what Pulumi said", async () => {
    vi.stubEnv("EXIT", "255");
    const up = pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
    const log = join(local.paths.logs, "pulumi-stage.log");
    await expect(up).rejects.toThrow(
      `\`pulumi stack select --create\` failed:\n  working on it\n  it broke with [secret]\nAll that it said is in ${log}`,
    );
    expect(readFileSync(log, "utf8")).toContain("it broke with [secret]");
  });

  it("is asked once to end what it has begun, by nobody's terminal besides, and waited for", async () => {
    vi.stubEnv("WAITS", "up");
    const stop = new AbortController();
    const reason = new Error("stopped");
    const report = (line: string) => {
      if (line === "waiting") stop.abort(reason);
    };
    const up = pulumiUp(local, overridden(configOf("stage")).config, { report, signal: stop.signal });
    await expect(up).rejects.toBe(reason);
    expect(calls().slice(3)).toEqual([{ args: ["SIGINT"], isAlone: true }]);
  });

  it("says what to install where there is no Pulumi", async () => {
    vi.stubEnv("PATH", temporaryFolder());
    const up = pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
    await expect(up).rejects.toThrow("There is no `pulumi` on PATH");
  });
});

describe("pulumi destroy", () => {
  it("destroys the named stack and then removes it", async () => {
    await pulumiUp(local, overridden(configOf("stage")).config, { report: () => {} });
    await pulumiDestroy(local, { report: () => {} });
    expect(
      calls()
        .slice(3)
        .map(({ args }) => args),
    ).toEqual([
      ["cancel", "--yes", "--non-interactive", "--stack", "stage"],
      ["destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", "stage"],
      ["stack", "rm", "--yes", "--non-interactive", "--stack", "stage"],
    ]);
  });
});

describe("a stack", () => {
  it("is Pulumi's if its backend has one of that name", () => {
    expect(isPulumiStack(local)).toBe(false);
    writeState({});
    expect(isPulumiStack(local)).toBe(true);
    expect(isPulumiStack({ ...local, stack: "prod" })).toBe(false);
  });

  it("that is Pulumi's is not applied by another engine besides", async () => {
    writeState({});
    const read = { settings: settingsOf("stage"), config: configOf("stage"), overrides: [] };
    const phases = stackPhases({ ...read, ...local, engine: "apply", limitSeconds: 1 });
    const apply = phases.find(({ title }) => title === "Apply");
    await expect(apply?.run(() => {}, new AbortController().signal)).rejects.toThrow(
      "stage was brought up with --engine pulumi",
    );
  });
});

function writeState(state: object): void {
  const stacks = join(local.paths.state, "pulumi", ".pulumi", "stacks", "packit");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(join(stacks, "stage.json"), JSON.stringify(state));
}

function calls(): { args: string[]; PULUMI_CONFIG_PASSPHRASE: string }[] {
  if (!existsSync(record)) return [];
  return readFileSync(record, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
