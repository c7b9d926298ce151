import { accessSync, constants, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as pulumi from "@pulumi/pulumi";
import { execa } from "execa";
import { afterAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { PREFIX } from "../settings/stack-file.ts";
import { config, named, written } from "./client/kubeconfigs.ts";
import type { Anything } from "./support/anything.ts";
import { temporaryFolder } from "./support/folder.ts";
import { type Changes, configOf, ROOT } from "./support/stacks.ts";

const MAIN = join(ROOT, "main.js");

/** Secrets in files: nobody can tell of others, which are in no stack file, whether they were encrypted. */
function inFiles(secrets: unknown): object {
  const folder = temporaryFolder();
  const entries = Object.entries(secrets as Record<string, unknown>).map(([name, value]) => {
    if (typeof value !== "string") return [name, inFiles(value)] as const;
    const file = join(folder, name);
    writeFileSync(file, name === "keytab" ? Buffer.from(value, "base64") : value);
    return [name, { file }] as const;
  });
  return Object.fromEntries(entries);
}

/** A Node on this machine's PATH that is too old for the program; none if there is none. */
async function oldNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const node = join(folder, "node");
    try {
      accessSync(node, constants.X_OK);
    } catch {
      continue;
    }
    const { stdout } = await execa(node, ["--version"], { reject: false });
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(String(stdout)) ?? [];
    if (major !== undefined && Number(major) * 100 + Number(minor) < 2218) return node;
  }
  return undefined;
}

const OLD = await oldNode();

afterAll(async () => {
  vi.unstubAllEnvs();
  await pulumi.runtime.disconnect();
});

describe("what Pulumi runs", () => {
  it("looks for the stack's context before anything else, and takes no other one", async () => {
    vi.stubEnv(
      "KUBECONFIG",
      written({ ...config(), contexts: named("current"), "current-context": "current" }),
    );
    const made = await engine();
    // Another copy of the module: what has failed once is not run again.
    const other = "../index.ts?without-a-context";
    await expect(import(other)).rejects.toThrow(/has no context "packit-stage"\. It has: current\./);
    expect(made).toEqual([]);
  });

  it("has the outputs of the program as its one export, and warns of secrets that soon are over", async () => {
    vi.stubEnv("KUBECONFIG", written({ ...config(), contexts: named("packit-stage") }));
    const expires = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    await engine({ secretRecords: { copr: { owner: "Ada", expires } } });
    const warn = vi.spyOn(pulumi.log, "warn");
    // It has no types: it is JavaScript.
    const main = await import(MAIN);
    const index = await import("../index.ts");
    expect(Object.keys(main)).toEqual(["default"]);
    expect(main.default).toEqual({ ...index });
    expect(main.default).toMatchObject({ namespaces: ["packit--stg", "packit--stg-sandbox"] });
    const said = warn.mock.calls.map(([line]) => line);
    expect(said).toEqual([expect.stringMatching(`packit:secrets\\.copr, .* expires on ${expires}`)]);
  });

  describe("and what it preloads for it", () => {
    const { runtime } = parse(readFileSync(join(ROOT, "Pulumi.yaml"), "utf8"));

    /** What a program says that Node runs as Pulumi.yaml has it. */
    async function said(...script: readonly string[]): Promise<string> {
      const nodeargs = runtime.options.nodeargs.split(" ");
      const args = [...nodeargs, "--input-type=module", "-e", script.join("\n")];
      const { stdout } = await execa(process.execPath, args, { cwd: ROOT, env: { NODE_COMPILE_CACHE: "" } });
      return stdout;
    }

    it("lets Node keep what it has compiled", async () => {
      const folder = await said("console.log((await import('node:module')).getCompileCacheDir())");
      expect(folder).toContain(join(ROOT, "node_modules", ".cache", "node"));
    });

    it("loads npm, which Pulumi's runtime has for functions that it packs, for whoever packs one, and for nobody else", async () => {
      const text = await said(
        "import '@pulumi/pulumi';",
        "const { createRequire } = await import('node:module');",
        "const require = createRequire(createRequire(process.cwd() + '/').resolve('@pulumi/pulumi'));",
        "const loaded = () => Object.keys(require.cache).filter((path) => /[/]arborist[/]lib[/]node[.]js$/.test(path)).length;",
        "const before = loaded();",
        "const made = new (require('@npmcli/arborist').Arborist)({ path: '.' });",
        "console.log(before, typeof made.loadActual, loaded());",
      );
      expect(text).toBe("0 function 1");
    });

    it("keeps the places where resources are declared, on this machine, to itself", async () => {
      const text = await said(
        "import '@pulumi/pulumi/cmd/run/instrumentation.js';",
        "import 'source-map-support/register.js';",
        "const { Resource } = (await import('@pulumi/pulumi')).default;",
        "console.log(JSON.stringify(Resource.stackTrace(0)));",
      );
      expect(text).toBe("[]");
    });

    it("tells of an error where in its TypeScript it was thrown", async () => {
      const thrower = join(temporaryFolder(), "thrower.ts");
      writeFileSync(
        thrower,
        "type Nothing = never;\n\nexport function bug(): Nothing {\n  throw new Error(`it`);\n}\n",
      );
      const text = await said(
        "import 'source-map-support/register.js';",
        `const { bug } = await import(${JSON.stringify(thrower)});`,
        "try { bug(); } catch ({ stack }) { console.log(stack); }",
      );
      expect(text).toContain(`Error: it\n    at bug (${pathToFileURL(thrower)}:4:9)`);
    });
  });

  it.skipIf(OLD === undefined)("says which Node it needs where that on PATH is older", async () => {
    const { exitCode, stderr } = await execa(OLD ?? "", [MAIN], { reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /runs this program with Node \d.*It needs Node 22\.18 or newer.*node-.*\/bin:\$PATH/,
    );
    expect(stderr).not.toContain("ERR_UNKNOWN_FILE_EXTENSION");
  });

  it("says the same where Node is told to run no TypeScript", async () => {
    const env = { NODE_OPTIONS: "--no-experimental-strip-types" };
    const { exitCode, stderr } = await execa(process.execPath, [MAIN], { reject: false, env });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("It needs Node 22.18 or newer")]);
  });
});

/** Stands in for Pulumi's engine, which runs stage. Tells what it is asked to make. */
async function engine(changes: Changes = {}): Promise<string[]> {
  const made: string[] = [];
  await pulumi.runtime.setMocks(
    {
      call: () => ({}),
      newResource: ({ name, inputs }) => {
        made.push(name);
        return { id: "id", state: { ...inputs, result: "x" } };
      },
    },
    "packit",
    "stage",
  );
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const { values } = configOf("stage", changes);
  const pairs = Object.entries({ ...values, secrets: inFiles(values.secrets) }).map(
    ([key, value]) => [PREFIX + key, text(value)] as const,
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(pairs));
  // The mocks know of no hooks; the runtime's type of a monitor does not name this method.
  const monitor = pulumi.runtime.getMonitor() as Anything;
  monitor.registerResourceHook = (_: Anything, callback: Anything) => callback(null, {});
  return made;
}
