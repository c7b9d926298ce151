import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { SPLIT } from "../../components/image-builds/builds.ts";
import { REPOSITORIES } from "../../components/release/repositories.ts";
import type { Anything } from "../support/anything.ts";
import { temporaryFolder } from "../support/folder.ts";
import { ROOT } from "../support/stacks.ts";
import { SHOWN, WORKFLOWS } from "../support/workflows.ts";

const BOTH = "--platform linux/amd64,linux/arm64";

describe("the script that workflows build images by", () => {
  it("builds the base, with what Fedora has mended, and pushes it", async () => {
    const { exitCode, calls } = await build(["base"]);
    expect([exitCode, calls]).toEqual([
      0,
      [
        `buildah build ${BOTH} --manifest base --file HERE/base.Containerfile --pull=always -- HERE`,
        "buildah manifest push --all -- base docker://quay.io/packit/base:fedora",
        "buildah manifest push --all -- base docker://quay.io/packit/base:latest",
      ],
    ]);
  });

  it.each(
    SPLIT.flatMap(({ name, playbook }) => [
      [name, playbook, "main", "stg"] as const,
      [name, playbook, "stable", "prod"] as const,
    ]),
  )("builds what %s lies over, by %s of the branch %s", async (image, playbook, branch, tag) => {
    const { source, digest } = clone(playbook);
    const { exitCode, calls } = await build(["dependencies", image, branch, source]);
    expect([exitCode, calls]).toEqual([
      0,
      [
        `buildah build ${BOTH} --manifest ${image}-base --file HERE/dependencies.Containerfile --pull=always --from quay.io/packit/base:fedora --build-arg SOURCE_BRANCH=${branch} --build-arg PLAYBOOK=${playbook} --label dev.packit.dependencies=${digest()} -- ${source}`,
        `buildah manifest push --all -- ${image}-base docker://quay.io/packit/${image}-base:${tag}`,
      ],
    ]);
  });

  it.each([
    ["main", ["stg", "latest"]],
    ["stable", ["prod"]],
  ])("builds an image of %s over that alone, while its dependencies are the same", async (branch, tags) => {
    const { source, digest, sha } = clone("install-deps-worker.yaml");
    const { exitCode, calls } = await build(["image", "packit-worker", branch, source], { label: digest() });
    expect(exitCode).toBe(0);
    const [asked, built, ...pushed] = calls;
    expect(asked).toMatch(
      new RegExp(`^skopeo inspect .*docker://quay.io/packit/packit-worker-base:${tags[0]}$`),
    );
    expect(built).toBe(
      `buildah build ${BOTH} --manifest packit-worker --file HERE/packit-worker.Containerfile --pull=always --from quay.io/packit/packit-worker-base:${tags[0]} --build-arg SOURCE_BRANCH=${branch} -- ${source}`,
    );
    const push = "buildah manifest push --all -- packit-worker docker://quay.io/packit/packit-worker:";
    expect(pushed.slice(0, -1)).toEqual(tags.map((tag) => `${push}${tag}`));
    // By such a tag a release finds the image of a commit.
    expect(pushed.at(-1)).toMatch(new RegExp(`^${push}${branch}-${sha()}-\\d+$`));
  });

  it.each([
    ["files/install-deps-worker.yaml", 2],
    ["files/tasks/setup-copr-repos.yaml", 2],
    ["packit_service/worker.py", 1],
    ["files/install-deps.yaml", 1],
  ])("after a change of %s builds %i of the two of a worker", async (path, count) => {
    const { source, digest, change } = clone("install-deps-worker.yaml");
    const before = digest();
    change(path);
    const { calls } = await build(["image", "packit-worker", "main", source], { label: before });
    expect(calls.filter((call) => call.startsWith("buildah build"))).toHaveLength(count);
  });

  it("builds what is below where there is none yet", async () => {
    const { source } = clone("install-deps.yaml");
    const { exitCode, calls } = await build(["image", "packit-service", "main", source]);
    const built = calls.filter((call) => call.startsWith("buildah build")).map((call) => call.split(" ")[5]);
    expect([exitCode, built]).toEqual([0, ["packit-service-base", "packit-service"]]);
  });

  it.each([
    ["that does not end well", "build"],
    ["that is not pushed", "manifest"],
  ])("ends at a build %s, and pushes no more", async (_, failing) => {
    const { source } = clone("install-deps.yaml");
    const { exitCode, calls } = await build(["image", "packit-service", "main", source], { failing });
    expect(exitCode).toBe(1);
    expect(calls.at(-1)).toMatch(new RegExp(`^buildah ${failing} .*packit-service-base`));
  });

  it.each([
    [[], "build.sh base"],
    [["image", "dashboard", "main", "."], 'no image "dashboard" here'],
    [["image", "packit-worker", "next", "."], 'images of the branch "next"'],
    [["image", "packit-worker", "main", "/nowhere"], "cannot change to"],
  ])("refuses %j before anything is built", async (args, message) => {
    const { exitCode, calls, stderr } = await build(args);
    expect([exitCode === 0, calls]).toEqual([false, []]);
    expect(stderr).toContain(message);
  });
});

describe("the workflows that build images", () => {
  it("build what lies below for each image and branch that there is", () => {
    const { parsed } = WORKFLOWS.find(({ path }) => path.endsWith("base-images.yml")) ?? {};
    const { strategy } = parsed?.jobs.dependencies ?? {};
    expect(strategy).toMatchObject({
      matrix: { image: SPLIT.map(({ name }) => name), branch: ["main", "stable"] },
    });
    expect(parsed?.on).toMatchObject({ schedule: [{ cron: "0 0 * * 2" }], push: { paths: ["images/**"] } });
  });

  it("are called, on the page for packit-service, with all that they ask for", () => {
    const asked = WORKFLOWS.find(({ path }) => path.endsWith("/image.yml"))?.parsed.on as Anything;
    const [caller] = SHOWN.filter(({ path }) => path.startsWith("docs/images.md"));
    const job = caller?.parsed.jobs.images as Anything;
    expect(Object.keys(job.secrets)).toEqual(Object.keys(asked.workflow_call.secrets));
    expect(Object.keys(job.with)).toEqual(Object.keys(asked.workflow_call.inputs));
    expect(job.strategy.matrix.image).toEqual(SPLIT.map(({ name }) => name));
    // A release looks for the runs of that file.
    const file = REPOSITORIES.find(({ name }) => name === "packit-service");
    const page = readFileSync(join(ROOT, "docs/images.md"), "utf8");
    expect(page).toContain(`.github/workflows/${file && "workflow" in file ? file.workflow : ""}`);
  });
});

interface World {
  /** The digest of dependencies that the image below has. @default - there is no such image */
  readonly label?: string;
  /** The command of buildah that fails. */
  readonly failing?: string;
}

/** Runs the script where buildah and skopeo say what they are told. */
async function build(args: readonly string[], { label, failing }: World = {}) {
  const folder = temporaryFolder();
  const log = join(folder, "calls");
  writeFileSync(log, "");
  const tools = {
    buildah: `echo "buildah $*" >> "${log}"; [ "$1" != "${failing}" ]`,
    skopeo: `echo "skopeo $*" >> "${log}"; ${label === undefined ? "exit 1" : `echo ${label}`}`,
  };
  for (const [name, text] of Object.entries(tools)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const here = join(ROOT, "images");
  const { exitCode, stderr } = await execa(join(here, "build.sh"), args, {
    reject: false,
    env: { PATH: [folder, process.env.PATH].join(delimiter) },
  });
  const calls = readFileSync(log, "utf8").split("\n").filter(Boolean);
  return {
    exitCode,
    stderr,
    calls: calls.map((call) => call.replaceAll(here, "HERE").replace(/-\d+(?= (--file|docker:))/, "")),
  };
}

/** A clone of packit-service. */
function clone(playbook: string) {
  const source = temporaryFolder();
  const run = (command: string) =>
    execFileSync("bash", ["-c", command], { cwd: source, encoding: "utf8" }).trim();
  const commit = "git add . && git -c user.name=n -c user.email=e commit --quiet -m one";
  const write = (path: string, text: string) => {
    mkdirSync(join(source, path, ".."), { recursive: true });
    writeFileSync(join(source, path), text);
  };
  for (const path of [playbook, "tasks/setup-copr-repos.yaml"]) write(`files/${path}`, "- hosts: all\n");
  run(`git init --quiet && ${commit}`);
  return {
    source,
    digest: () => run(`git ls-tree HEAD -- files/${playbook} files/tasks | sha256sum`).split(" ")[0] ?? "",
    sha: () => run("git rev-parse --short=7 HEAD"),
    change: (path: string) => {
      write(path, "- hosts: none\n");
      run(commit);
    },
  };
}
