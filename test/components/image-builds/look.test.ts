import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Anything } from "../../support/anything.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { IMAGE_BUILDS } from "../../support/image-builds.ts";
import { LocalServer } from "../../support/local-server.ts";
import { find, objectsOf } from "../../support/stacks.ts";

/** GitHub's list of commits, of a branch's head or of those that touched a path, newest first. */
class Commits extends LocalServer {
  /** The newest commit of a repository, or of `REPOSITORY:PATH`. */
  newest = new Map<string, string>();
  asked: string[] = [];

  protected answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, this.url);
    const [, , owner, repository] = pathname.split("/");
    const path = searchParams.get("path");
    const source = path === null ? `${repository}` : `${repository}:${path}`;
    this.asked.push(`${owner}/${source}@${searchParams.get("sha")}`);
    const sha = this.newest.get(source) ?? "0".repeat(40);
    if (sha === "limit") return void response.writeHead(403).end('{"message":"API rate limit exceeded"}');
    const tree = { sha: "f".repeat(40) };
    response.end(JSON.stringify([{ sha, commit: { tree } }], null, 2));
  }
}

const github = new Commits();
let command: string[];

beforeAll(async () => {
  await github.start();
  const { spec } = find(await objectsOf("stage", IMAGE_BUILDS), "CronJob", "image-builds");
  const [container] = (spec.jobTemplate.spec.template.spec as Anything).containers;
  command = container.command;
});
afterAll(() => github.stop());
beforeEach(() => {
  github.newest = new Map();
  github.asked = [];
});

const SHA = "1".repeat(40);

describe("the look for new commits", () => {
  it("only notes what there is, the first time, and is quiet until something changes", async () => {
    const cluster = fakeOc();
    expect(await look(cluster)).toMatchObject({ exitCode: 0, started: [] });
    expect(await look(cluster)).toMatchObject({ exitCode: 0, started: [] });
    expect(new Set(github.asked.map((one) => one.split("@")[1]))).toEqual(new Set(["main"]));
  });

  it.each([
    ["the service's code", "packit-service", ["packit-service", "packit-worker"]],
    ["a library", "ogr", ["packit-service", "packit-worker"]],
    ["what the worker alone has", "sandcastle", ["packit-worker", "sandcastle"]],
    [
      "what the worker's packages are",
      "packit-service:files/install-deps-worker.yaml",
      ["packit-worker-base"],
    ],
    ["the tasks of both", "packit-service:files/tasks", ["packit-service-base", "packit-worker-base"]],
    ["the dashboard", "dashboard", ["dashboard"]],
  ])("builds, after a commit to %s, what is made of it, once", async (_, source, wanted) => {
    const cluster = fakeOc();
    await look(cluster);
    github.newest.set(source, SHA);
    const { exitCode, started } = await look(cluster);
    expect([exitCode, started.sort()]).toEqual([0, wanted.sort()]);
    expect((await look(cluster)).started).toEqual([]);
  });

  it("leaves what lies over something that is built until that is done", async () => {
    const cluster = fakeOc();
    await look(cluster);
    for (const one of ["packit-service", "packit-service:files/install-deps.yaml"])
      github.newest.set(one, SHA);
    expect((await look(cluster)).started.sort()).toEqual(["packit-service-base", "packit-worker"]);
    const below = (phase: string) => builds(cluster, [["packit-service-base", phase]]);
    for (const phase of ["New", "Pending", "Running"]) {
      below(phase);
      expect((await look(cluster)).started, phase).toEqual([]);
    }
    // What failed is tried again, and nothing is put over what is older.
    below("Failed");
    expect((await look(cluster)).started).toEqual(["packit-service-base"]);
    below("Complete");
    expect((await look(cluster)).started).toEqual(["packit-service"]);
    expect((await look(cluster)).started).toEqual([]);
  });

  it.each([
    ["Failed", ["base"]],
    ["Error", ["base"]],
    // Somebody has done so.
    ["Cancelled", []],
    ["Complete", []],
  ])("starts again what all lies over where that is %s, by its newest build", async (phase, started) => {
    const cluster = fakeOc();
    await look(cluster);
    builds(cluster, [
      ["base", phase === "Failed" ? "Complete" : "Failed"],
      ["base", phase],
      ["", "Failed"],
    ]);
    expect((await look(cluster)).started).toEqual(started);
  });

  it("puts nothing over what GitHub does not tell of", async () => {
    const cluster = fakeOc();
    await look(cluster);
    github.newest.set("packit-service", SHA).set("packit-service:files/tasks", "limit");
    expect(await look(cluster)).toMatchObject({ exitCode: 1, started: [] });
    github.newest.delete("packit-service:files/tasks");
    expect((await look(cluster)).started.sort()).toEqual(["packit-service", "packit-worker"]);
  });

  it("says what GitHub does not tell, looks at the others, and at that the next time", async () => {
    const cluster = fakeOc();
    await look(cluster);
    github.newest.set("dashboard", "limit").set("ogr", SHA);
    const failed = await look(cluster);
    expect(failed).toMatchObject({ exitCode: 1, started: ["packit-service", "packit-worker"] });
    expect(failed.stderr).toContain("dashboard: GitHub does not tell the newest commit of dashboard on main");
    github.newest.set("dashboard", SHA);
    expect(await look(cluster)).toMatchObject({ exitCode: 0, started: ["dashboard"] });
  });

  it("starts again what OpenShift did not start", async () => {
    const cluster = fakeOc();
    await look(cluster);
    github.newest.set("dashboard", SHA);
    writeFileSync(join(cluster, "refuses"), "dashboard\n");
    expect(await look(cluster)).toMatchObject({ exitCode: 1, started: [] });
    writeFileSync(join(cluster, "refuses"), "");
    expect(await look(cluster)).toMatchObject({ exitCode: 0, started: ["dashboard"] });
  });

  it("asks GitHub less often than that answers somebody without a token, be it every half an hour", async () => {
    await look(fakeOc());
    expect(github.asked.length).toBe(new Set(github.asked).size);
    const { spec } = find(await objectsOf("stage", IMAGE_BUILDS), "CronJob", "image-builds");
    const tries = 1 + spec.jobTemplate.spec.backoffLimit;
    expect(github.asked.length * 2 * tries).toBeLessThan(60);
  });
});

/** A cluster as `oc` shows it, in files: the notes, the builds, what is started, and what is refused to be. */
function fakeOc(): string {
  const folder = temporaryFolder();
  for (const name of ["notes", "builds", "started", "refuses"]) writeFileSync(join(folder, name), "");
  writeFileSync(
    join(folder, "oc"),
    `#!/bin/bash
cd "${folder}" || exit 1
last=\${!#}
case "$1 $last" in
  "get image-builds-notes") cat notes ;;
  "get builds") cat builds ;;
  start-build*) ! grep -qx -- "$last" refuses && echo "$last" >> started ;;
  annotate*) { grep -v "^\${last%%=*} " notes; echo "\${last%%=*} \${last#*=}"; } > new; mv new notes ;;
  *) exit 2 ;;
esac
`,
    { mode: 0o755 },
  );
  return folder;
}

/** The builds that there are, the oldest first: of which BuildConfig, and how far. */
function builds(cluster: string, all: readonly (readonly [config: string, phase: string])[]): void {
  writeFileSync(join(cluster, "builds"), all.map((words) => `${words.join(" ")}\n`).join(""));
}

/** Runs the CronJob's command, and tells what it has started. */
async function look(cluster: string) {
  writeFileSync(join(cluster, "started"), "");
  const [file = "", ...args] = command;
  const { exitCode, stderr } = await execa(file, args, {
    reject: false,
    env: {
      PATH: [cluster, process.env.PATH].join(delimiter),
      GITHUB: github.url,
      BRANCH: "main",
      NAMESPACE: "builds",
      CONFIG_MAP: "image-builds-notes",
      PREFIX: "sources.packit.dev/",
    },
  });
  const started = readFileSync(join(cluster, "started"), "utf8").split("\n").filter(Boolean);
  return { exitCode, stderr: `${stderr}`, started };
}
