import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ActionsBuilder } from "../../operations/test-instances/actions-builder.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";

const workflow = parse(readFileSync(join(ROOT, ".github/workflows/test-image.yml"), "utf8"));
const { steps, env } = workflow.jobs.build as {
  steps: { run: string; env?: Record<string, string> }[];
  env: Record<string, string>;
};

const GIT = "https://github.com/packit/ogr.git";
const GOOD = {
  REFERENCE: "quay.io/packit-test/packit-service:test-one-0",
  REPOSITORY: GIT,
  DOCKERFILE: "Dockerfile",
};

describe("the workflow that builds test images", () => {
  it("builds the commit that it is told, whatever its branch is by then, and pushes it", async () => {
    const { folder, commit } = await repository();
    const { exitCode, calls } = await run({ ...GOOD, COMMIT: commit, BUILD_ARGS: "A=1\n--push\n" }, folder);
    expect(exitCode).toBe(0);
    expect(calls).toEqual([
      `build --file source/Dockerfile --build-arg A=1 --build-arg --push --label quay.expires-after=4d --tag ${GOOD.REFERENCE} -- source`,
      "login --username user --password-stdin -- quay.io",
      `push -- ${GOOD.REFERENCE}`,
    ]);
  });

  it("builds the text that it is told", async () => {
    const { folder } = await repository();
    const { exitCode, calls } = await run({ REFERENCE: GOOD.REFERENCE, TEXT: "FROM scratch" }, folder);
    expect([exitCode, calls.length]).toEqual([0, 3]);
  });

  it.each<[string, Record<string, string>]>([
    ["a repository that is an option", { REPOSITORY: "--upload-pack=touch hacked" }],
    ["a repository of another kind", { REPOSITORY: "ext::sh -c 'touch hacked'" }],
    ["a repository that is elsewhere", { REPOSITORY: "https://github.com@example.com/packit/ogr.git" }],
    ["a commit that is an option", { COMMIT: "--upload-pack=touch hacked" }],
    ["a commit that is a branch", { COMMIT: "main" }],
    ["a Dockerfile outside", { DOCKERFILE: "../../etc/passwd" }],
    ["a Dockerfile that is an option", { DOCKERFILE: "--help" }],
    ["stage's image", { REFERENCE: "quay.io/packit/packit-service:stg" }],
    ["a test image beside stage's", { REFERENCE: "quay.io/packit/packit-service:test-one-0" }],
    ["a tag that is no test's", { REFERENCE: "quay.io/packit-test/packit-service:latest" }],
    ["another registry", { REFERENCE: "example.com/packit-test/packit-service:test-one-0" }],
    ["a registry that goes on", { REFERENCE: "quay.io/packit-tester/packit-service:test-one-0" }],
    ["the account of stage and prod", { REGISTRY: "quay.io/packit", REFERENCE: "quay.io/packit/x:test-a" }],
    ["an option for a reference", { REFERENCE: "--all-tags" }],
  ])("refuses %s before anything is fetched or pushed", async (_, changes) => {
    const { folder, commit } = await repository();
    const { exitCode, calls, said } = await run({ ...GOOD, COMMIT: commit, ...changes }, folder);
    expect([exitCode, calls]).toEqual([1, []]);
    expect(said).toMatch(/^::error::/);
  });

  it("is told what its builder says, and nothing of an input stands in a script", async () => {
    const inputs = Object.keys(workflow.on.workflow_dispatch.inputs);
    const told = new Set<string>();
    const github = {
      run: async () => undefined,
      dispatch: async (_: unknown, __: unknown, all: object) =>
        void Object.keys(all).map((key) => told.add(key)),
    };
    const registry = "quay.io/packit-test";
    // It asks GitHub for nothing else before a run has begun.
    const builder = new ActionsBuilder({
      github: github as never,
      repository: { owner: "o", name: "n" },
      registry,
      everyMs: 1,
    });
    const stop = new AbortController();
    const source = { url: GIT, sha: "0".repeat(40) } as never;
    const build = { kind: "git", image: "service", source, dockerfile: "Dockerfile", buildArgs: {} } as const;
    const report = () => stop.abort(new Error("enough"));
    await expect(
      builder.build({ name: "one", builds: [build], report, signal: stop.signal }),
    ).rejects.toThrow("enough");
    expect(inputs).toEqual(expect.arrayContaining([...told]));
    for (const { run: script } of steps) expect(script).not.toContain("${{");
  });
});

/** Runs the steps one after another, as GitHub does, where github.com is a folder and docker says what it is told. */
async function run(inputs: Record<string, string>, github: string) {
  const folder = temporaryFolder();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const log = join(folder, "calls");
  writeFileSync(log, "");
  writeFileSync(
    join(bin, "docker"),
    `#!/bin/sh\n[ "$1" = login ] && cat > /dev/null\necho "$@" >> "${log}"\n`,
    { mode: 0o755 },
  );
  const variables = join(folder, "env");
  writeFileSync(variables, "");
  const names = Object.fromEntries(Object.keys(env).map((name) => [name, ""]));
  let said = "";
  for (const { run: script, env: own = {} } of steps) {
    const written = readFileSync(variables, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("=") as [string, string]);
    const secrets = Object.keys(own).map((name) => [name, name === "USERNAME" ? "user" : "token"]);
    const { exitCode, stdout } = await execa("bash", ["-e", "-o", "pipefail", "-c", script], {
      cwd: folder,
      reject: false,
      env: {
        PATH: [bin, process.env.PATH].join(delimiter),
        GITHUB_ENV: variables,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `url.${github}/.insteadOf`,
        GIT_CONFIG_VALUE_0: "https://github.com/",
        ...names,
        REGISTRY: "quay.io/packit-test",
        ...inputs,
        ...Object.fromEntries([...written, ...secrets]),
      },
    });
    said += stdout;
    if (exitCode !== 0) return { exitCode, said, calls: callsIn(log) };
  }
  return { exitCode: 0, said, calls: callsIn(log) };
}

function callsIn(log: string): string[] {
  return readFileSync(log, "utf8").split("\n").filter(Boolean);
}

/** A repository as github.com has it, with a commit that no branch has any more. */
async function repository(): Promise<{ folder: string; commit: string }> {
  const folder = temporaryFolder();
  const path = join(folder, "packit", "ogr.git");
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=n", "-c", "user.email=e"];
    return (await execa("git", [...identity, "-C", path, ...args])).stdout;
  };
  mkdirSync(path, { recursive: true });
  await git("init", "--quiet");
  writeFileSync(join(path, "Dockerfile"), "FROM scratch\n");
  await git("add", ".");
  await git("commit", "--quiet", "-m", "checked");
  const commit = await git("rev-parse", "HEAD");
  await git("commit", "--quiet", "--amend", "-m", "pushed since");
  return { folder, commit };
}
