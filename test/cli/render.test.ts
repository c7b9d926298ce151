import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { holdsMark, MARK } from "../support/marks.ts";
import { ROOT } from "../support/stacks.ts";

describe("render", () => {
  it("prints a stack's objects as YAML, and each time the same as JSON in one list, with <secret> for each secret", async () => {
    const stage = readFileSync(join(ROOT, "Pulumi.stage.yaml"), "utf8");
    const secrets = `  packit:secrets:\n    keytab: { secure: v1:${MARK} }\n    webhookSecret: { secure: v1:${MARK} }\n`;
    const cwd = project({ "Pulumi.stage.yaml": stage + secrets });
    const yaml = await command("render", ["stage"], { cwd });
    const json = await command("render", ["stage", "--json"], { cwd });
    const objects = parseAllDocuments(String(yaml.stdout)).map((document) => document.toJS());
    // As text, so that nothing is in another order.
    expect(JSON.stringify(JSON.parse(String(json.stdout)))).toBe(
      JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
    );
    expect(objects.length).toBeGreaterThan(30);
    expect([yaml.exitCode, yaml.stderr]).toEqual([0, ""]);
    const values = objects.filter(({ kind }) => kind === "Secret").flatMap(({ data }) => Object.values(data));
    expect(new Set(values)).toEqual(new Set(["<secret>"]));
    expect(holdsMark(String(yaml.stdout))).toBe(false);
    expect(holdsMark(String(json.stdout))).toBe(false);
  });

  it("writes one file an object, and takes away what a later run no longer declares", async () => {
    const cwd = project();
    const out = join(temporaryFolder(), "objects");
    await command("render", ["stage", "--out", out], { cwd });
    const before = objectFiles(out);
    const stage = readFileSync(join(cwd, "Pulumi.stage.yaml"), "utf8");
    writeFileSync(join(cwd, "Pulumi.stage.yaml"), `${stage}  packit:withBeat: false\n`);
    await command("render", ["stage", "--out", out], { cwd });
    const beat = ["deployment", "serviceaccount", "networkpolicy"].map((kind) =>
      expect.stringMatching(`^\\d\\d_${kind}_packit--stg_packit-service-beat.yaml$`),
    );
    expect(before).toEqual(expect.arrayContaining(beat));
    expect(objectFiles(out)).toEqual(before.filter((name) => !name.includes("-beat.yaml")));
    expect(parse(readFileSync(join(out, "07_route_packit--stg_packit-service.yaml"), "utf8")).spec.host).toBe(
      "stg.packit.dev",
    );
  });

  it("tells what Pulumi is told in the list alone that is printed for comparing", async () => {
    const cwd = project();
    const out = join(temporaryFolder(), "objects");
    const [yaml, json] = await Promise.all([
      command("render", ["stage", "--secrets", "masked"], { cwd }),
      command("render", ["stage", "--secrets", "masked", "--json"], { cwd }),
      command("render", ["stage", "--secrets", "masked", "--json", "--out", out], { cwd }),
    ]);
    const documents = parseAllDocuments(String(yaml.stdout)).map((document) => document.toJS());
    const files = objectFiles(out).map((name) => JSON.parse(readFileSync(join(out, name), "utf8")));
    for (const objects of [documents, files]) {
      expect(objects.length).toBeGreaterThan(30);
      expect(objects.filter((object) => "pulumi" in object)).toEqual([]);
    }
    const { items } = JSON.parse(String(json.stdout));
    expect(items.some(({ pulumi }: { pulumi?: unknown }) => pulumi !== undefined)).toBe(true);
  });

  it("writes objects without Secrets, a list of these and a template for each of their keys", async () => {
    const out = join(temporaryFolder(), "objects");
    const args = ["fedora-ci", "--out", out, "--secrets", "references"];
    const { stderr } = await command("render", args, { cwd: project() });
    expect(stderr).toMatch(/^\d+ objects written to .*; \d+ Secrets left out/);
    expect(objectFiles(out).filter((name) => name.includes("_secret_"))).toEqual([]);
    const list = parse(readFileSync(join(out, "secrets", "index.yaml"), "utf8"));
    const [{ keys }] = list.filter(({ name }: { name: string }) => name === "packit-secrets");
    const keytab = keys.find(({ key }: { key: string }) => key === "fedora.keytab");
    expect(keytab).toMatchObject({
      encoding: "base64",
      values: [
        { name: "keytab", purpose: expect.stringContaining("Kerberos"), owner: "Fedora infrastructure" },
      ],
    });
    expect(readFileSync(join(out, "secrets", keytab.template), "utf8")).toBe("{{ keytab }}");
  });

  it("warns of secrets that soon are over, whatever it writes", async () => {
    const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
    const stage = readFileSync(join(ROOT, "Pulumi.stage.yaml"), "utf8");
    const records = `  packit:secretRecords:\n    keytab: { owner: Ada, expires: ${day} }\n`;
    const cwd = project({ "Pulumi.stage.yaml": stage + records });
    const out = join(temporaryFolder(), "objects");
    for (const args of [[], ["--out", out, "--secrets", "references"]]) {
      const { exitCode, stderr } = await command("render", ["stage", ...args], { cwd });
      expect([exitCode, stderr]).toEqual([
        0,
        expect.stringMatching(
          `warning: stack stage: packit:secrets\\.keytab, .* expires on ${day}.* Owner: Ada`,
        ),
      ]);
    }
  });

  it("writes no templates without a folder for them", async () => {
    const { exitCode, stderr } = await command("render", ["stage", "--secrets", "references"], {
      cwd: project(),
    });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("needs --out DIR")]);
  });

  it("ends quietly when its reader has read enough", async () => {
    const { stderr } = await execa({
      shell: true,
      cwd: project(),
    })`${process.execPath} ${join(ROOT, "cli", "ops.ts")} render stage | head -1`;
    expect(stderr).toBe("");
  });

  it("says in one line that its output cannot be written", async () => {
    const { exitCode, stderr } = await execa({
      shell: true,
      reject: false,
      cwd: project(),
    })`${process.execPath} ${join(ROOT, "cli", "ops.ts")} render stage > /dev/full`;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^The output cannot be written: no space left on device \(ENOSPC\)\. [^\n]*$/);
  });

  it("refuses a folder where none can be, without waiting for one", async () => {
    const { exitCode, stderr } = await command("render", ["stage", "--out", "/proc/x"], { cwd: project() });
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^\/proc\/x cannot be made: [^\n]*$/)]);
  });

  it("does not write into a folder that holds other files", async () => {
    const { exitCode, stderr } = await command("render", ["stage", "--out", project()], { cwd: project() });
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining("holds files that this command did not write"),
    ]);
  });

  it.each([
    ["an unknown stack", ["nowhere"], 'There is no stack "nowhere"'],
    ["an unknown way of secrets", ["stage", "--secrets", "plain"], "There are: redacted, masked, references"],
    ["an unknown option", ["stage", "--jsno"], "Unknown option --jsno. Did you mean --json?"],
  ])("refuses %s in a few words, with exit code 1", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await command("render", args, { cwd: project() });
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("refuses a wrong stack file with every violation, no stack trace, and exit code 1", async () => {
    const cwd = project({ "Pulumi.bad.yaml": "config:\n  packit:deployment: stage\n  packit:workres: {}\n" });
    const { exitCode, stdout, stderr } = await command("render", ["bad"], { cwd });
    expect([exitCode, stdout]).toEqual([1, ""]);
    for (const place of ["Pulumi.bad.yaml:2  packit:deployment", "Pulumi.bad.yaml:3  packit:workres"]) {
      expect(stderr).toContain(place);
    }
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

function objectFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .sort();
}
