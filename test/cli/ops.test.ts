import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { command, project } from "../support/cli.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const OPS = join(ROOT, "ops");

describe("./ops", () => {
  it("works from any folder, through links to links, and finds the project's own files", async () => {
    const folder = join(temporaryFolder(), "with a space");
    mkdirSync(folder);
    symlinkSync(OPS, join(folder, "first"));
    symlinkSync("first", join(folder, "second"));
    const { stdout } = await execa("./second", ["render", "nowhere"], {
      cwd: folder,
      reject: false,
      all: true,
    });
    const said = await execa(join(folder, "second"), ["render", "nowhere"], { cwd: "/", reject: false });
    expect([stdout, said.exitCode]).toEqual(["", 1]);
    expect(said.stderr).toContain('There is no stack "nowhere". There are: fedora-ci');
  });

  it("tells its version", async () => {
    expect((await execa(OPS, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("loads what it takes to render a stack for that alone", async () => {
    const verbs = ["release", "settings", "stack", "render", "preview", "deploy", "diff", "images", "doctor"];
    const script = `
      const loaded = [];
      require("node:module").registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      Promise.all(${JSON.stringify(verbs)}.map((verb) => import(${JSON.stringify(join(ROOT, "cli"))} + "/" + verb + ".ts")))
        .then(() => console.log(loaded.filter((url) => url.endsWith(".ts") || url.includes("@pulumi")).join()));
    `;
    const { stdout } = await execa(process.execPath, ["--eval", script], { cwd: ROOT });
    expect(stdout).toContain("cli/doctor.ts");
    expect(stdout).not.toMatch(/@pulumi|\/program\.ts/);
  });

  it("says that the packages are not installed, and installs none", async () => {
    const project = bare();
    const { exitCode, stderr } = await execa(join(project, "ops"), ["render", "stage"], { reject: false });
    expect([exitCode, stderr]).toEqual([
      1,
      `The project's packages are not installed. Install them: (cd '${project}' && npm ci)`,
    ]);
  });

  it.each([
    ["v20.20.2", 1],
    ["v22.17.1", 1],
    ["v22.18.0", 0],
    ["v24.1.0", 0],
  ])("with no Node of its own, takes that on PATH if it is new enough: %s", async (version, code) => {
    const project = bare();
    mkdirSync(join(project, "node_modules"));
    writeFileSync(join(project, "node_modules", ".package-lock.json"), "");
    const { exitCode, stderr } = await execa(join(project, "ops"), ["x"], {
      reject: false,
      env: { PATH: `${nodeOf(version)}:/usr/bin:/bin` },
    });
    expect(exitCode).toBe(code);
    if (code === 1) expect(stderr).toContain(`is Node ${version}. Install Node 22.18 or newer`);
  });

  it("says so where there is no Node at all", async () => {
    const project = bare();
    mkdirSync(join(project, "node_modules"));
    writeFileSync(join(project, "node_modules", ".package-lock.json"), "");
    const bin = temporaryFolder();
    for (const name of ["sh", "dirname", "readlink", "printf"])
      symlinkSync(`/usr/bin/${name}`, join(bin, name));
    const { exitCode, stderr } = await execa(join(project, "ops"), ["x"], {
      reject: false,
      extendEnv: false,
      env: { PATH: bin },
    });
    expect([exitCode, stderr]).toEqual([1, "There is no node on PATH. Install Node 22.18 or newer."]);
  });

  it("has results alone on stdout", async () => {
    const { stdout } = await execa(OPS, ["render", "stage", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "List" });
  });
});

describe("./ops completion", () => {
  it.each([
    [["rend"], ["render"]],
    [
      ["local", ""],
      ["up", "down"],
    ],
    [
      ["render", "fed"],
      ["fedora-ci", "fedora-ci-stage"],
    ],
    [["render", "stage", "--o"], ["--out"]],
    [
      ["test-instance", "deploy", "--base", ""],
      ["stage", "prod"],
    ],
  ])("completes %j", async (words, wanted) => {
    const { stdout } = await execa(OPS, ["complete", "--", ...words]);
    const values = stdout.split("\n").map((line) => line.split("\t")[0]);
    expect(values).toEqual(expect.arrayContaining(wanted));
  });

  it.each([
    "bash",
    "zsh",
    "fish",
  ])("prints a script that %s can load, and that calls this project's command", async (shell) => {
    const { stdout } = await execa(OPS, ["completion", shell]);
    expect(stdout).toContain(OPS);
    if (shell === "bash") await execa("bash", ["-n"], { input: stdout });
  });

  it("refuses a shell that it does not know", async () => {
    const { exitCode, stderr } = await execa(OPS, ["completion", "tcsh"], { reject: false });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("There are: bash, zsh, fish")]);
  });
});

/** A project with nothing but the command. */
function bare(): string {
  const project = temporaryFolder();
  copyFileSync(OPS, join(project, "ops"));
  cpSync(join(ROOT, "package-lock.json"), join(project, "package-lock.json"));
  return project;
}

/** A folder with a `node` that says it is of this version, and runs nothing. */
function nodeOf(version: string): string {
  const folder = temporaryFolder();
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo ${version}; fi\n`;
  writeFileSync(join(folder, "node"), script);
  chmodSync(join(folder, "node"), 0o755);
  return folder;
}

describe("./ops stack new", () => {
  it("writes no file for a name that no stack can have", async () => {
    const cwd = project();
    const words = ["feature_", "--context", "a", "--namespace", "b", "--domain", "example.com"];
    const { exitCode, stderr } = await command("stack", ["new", ...words], { cwd });
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('The stack\'s name is "feature_"')]);
    expect(existsSync(join(cwd, "Pulumi.feature_.yaml"))).toBe(false);
  });
});
