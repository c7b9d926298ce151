import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownProgram } from "../../operations/test-instances/program.ts";
import { PulumiEngine } from "../../operations/test-instances/pulumi-engine.ts";
import type { Settings } from "../../settings/load.ts";
import { PART_NAMES, type Part, testInstanceConfig } from "../../settings/test-instance.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { MARK, marked, markedSecrets } from "../support/marks.ts";
import { POOL } from "../support/pool.ts";
import { configOf, ROOT } from "../support/stacks.ts";

/** Stands in for Pulumi's CLI: it records how it was called and what it found, and knows one stack. */
const STAND_IN = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, readdirSync } = require("node:fs");
const args = process.argv.slice(2);
if (args[0] === "version") { console.log("v3.300.0"); process.exit(); }
const file = "Pulumi.test-one.yaml";
const call = { args, cwd: process.cwd(), env: process.env.MINE, stack: existsSync(file) ? readFileSync(file, "utf8") : "" };
call.secrets = existsSync("secrets") ? readdirSync("secrets") : [];
call.keytab = call.secrets.includes("keytab") ? readFileSync("secrets/keytab").toString("base64") : "";
appendFileSync(process.env.RECORD, JSON.stringify(call) + "\\n");
if (args.includes("output") || args.includes("config")) console.log("{}");
else if (args.includes("history")) console.log("[]");
else if (args.includes("ls")) console.log(JSON.stringify((process.env.KNOWN ?? "").split(" ").filter(Boolean).map((name) => ({ name, current: false, updateInProgress: false }))));
else if (args[0] === process.env.BREAKS) {
  // It says whatever it can know.
  for (const name of call.secrets) console.log(readFileSync("secrets/" + name, "utf8"));
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
});
afterEach(() => vi.unstubAllEnvs());

describe("Pulumi's engine for test instances", () => {
  it("brings up a stack of the instance's name, its secrets in files, and leaves nothing of them", async () => {
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
    expect(up?.secrets).toEqual(expect.arrayContaining(["keytab", "src.fedoraproject.org"]));
    expect(
      calls()
        .map(({ stack }) => stack)
        .join(),
    ).not.toContain(MARK);
    expect(JSON.stringify(calls().map(({ args }) => args))).not.toContain(MARK);
    // It is no text: the file has its bytes.
    expect(up?.keytab).toBe(marked("keytab"));
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

  it("destroys and removes the stack of an instance that is to go, and does nothing where there is none", async () => {
    await engine().forget("one", () => {});
    expect(calls().some(({ args }) => args[0] === "destroy")).toBe(false);
    // Others' stacks of the same backend.
    vi.stubEnv("KNOWN", "stage me/test/test-one-more test-on");
    await engine().forget("one", () => {});
    expect(calls().some(({ args }) => args[0] === "destroy")).toBe(false);
    vi.stubEnv("KNOWN", "stage me/test/test-one");
    await engine().forget("one", () => {});
    const destroy = calls().find(({ args }) => args[0] === "destroy");
    expect(destroy?.args).toEqual(expect.arrayContaining(["--yes", "--stack", "test-one"]));
    expect(calls().some(({ args }) => args[0] === "stack" && args[1] === "rm")).toBe(true);
  });
});

interface Call {
  readonly args: string[];
  readonly cwd: string;
  readonly env: string;
  readonly stack: string;
  readonly secrets: string[];
  readonly keytab: string;
}

function engine(): PulumiEngine {
  return new PulumiEngine({ root, env: { MINE: "yes" } });
}

function declared() {
  const parts = Object.fromEntries(PART_NAMES.map((name) => [name, false])) as Record<Part, boolean>;
  const args = {
    name: "one",
    base: configOf("stage"),
    pool: POOL,
    fasUser: "packit-test",
    images: {},
    parts,
  };
  const config = testInstanceConfig({ ...args, secrets: markedSecrets() as Anything });
  return { name: "one", config, settings: {} as Settings, program: ownProgram(ROOT) };
}

function calls(): Call[] {
  const lines = existsSync(record) ? readFileSync(record, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line));
}
