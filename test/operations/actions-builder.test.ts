import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GitHub } from "../../github/github.ts";
import { ActionsBuilder } from "../../operations/test-instances/actions-builder.ts";
import { imagePlan, limits } from "../../operations/test-instances/image-plan.ts";
import { parseReferences } from "../../operations/test-instances/reference.ts";
import { pullsOf, resolve } from "../../operations/test-instances/resolve.ts";
import { FakeGitHub } from "../support/github.ts";

const IMAGES = { service: "quay.io/packit/packit-service:stg", worker: "quay.io/packit/packit-worker:stg" };

let fake: FakeGitHub;
let github: GitHub;

beforeEach(async () => {
  fake = await new FakeGitHub().start();
  github = new GitHub({ baseUrl: fake.url });
  for (const one of ["packit-service#800", "ogr#123", "dashboard#5", "sandcastle#6"])
    fake.pulls.set(`packit/${one}`, {});
});
afterEach(() => fake.stop());

describe("what is built", () => {
  it.each([
    [["packit-service=800"], ["git service", "git worker"]],
    [["ogr=123"], ["overlay service", "overlay worker"]],
    [
      ["packit-service=800", "ogr=123"],
      ["git service", "git worker", "overlay service", "overlay worker"],
    ],
    [["sandcastle=6"], ["git sandbox", "overlay worker"]],
    [["dashboard=5"], ["git dashboard"]],
  ])("for %j is %j", async (words, builds) => {
    const plan = await planned(words);
    expect(plan.map(({ kind, image }) => `${kind} ${image}`)).toEqual(builds);
  });

  it("has the base's branch, and the instance's API where that is built in", async () => {
    const [service] = await planned(["packit-service=800"], "prod");
    expect(service).toMatchObject({ buildArgs: { SOURCE_BRANCH: "stable" } });
    const [dashboard] = await planned(["dashboard=5"]);
    const sha = FakeGitHub.sha("packit/dashboard#5").slice(0, 7);
    expect(dashboard).toMatchObject({ buildArgs: { VITE_API_URL: "https://x/api", VITE_GIT_SHA: sha } });
  });

  it("comes with what it does not reach", () => {
    expect(limits(["packit"]).join()).toMatch(/SRPMs that Copr builds.*Sandboxes have the packit/);
  });
});

describe("references", () => {
  it.each([
    ["a closed pull request", { state: "closed" as const }, "ogr=123 is closed"],
    ["a merged pull request", { state: "closed" as const, isMerged: true }, "ogr=123 is merged"],
    ["code of a stranger", { owner: "stranger" }, "ogr=123 is code of stranger"],
    ["code of a fork that is gone", { owner: null }, "ogr=123 is code of a deleted fork"],
  ])("to %s are refused", async (_, pull, message) => {
    fake.pulls.set("packit/ogr#123", pull);
    await expect(resolve(github, parseReferences(["ogr=123"]), ["packit"])).rejects.toThrow(message);
  });

  it("to branches and commits of strangers are refused, and those of the project's own are taken", async () => {
    const refused = resolve(github, parseReferences(["ogr=me/ogr:branch:fix"]), ["packit"]);
    await expect(refused).rejects.toThrow("ogr=me/ogr:branch:fix is code of me");
    const [own] = await resolve(github, parseReferences(["ogr=branch:main"]), ["packit"]);
    expect(own).toMatchObject({ sha: FakeGitHub.sha("packit/ogr@main") });
  });

  it.each([
    "branch:pull/5/head",
    "commit:0123abcd",
  ])("to %s are refused: code of strangers is found there as well", async (what) => {
    await expect(resolve(github, parseReferences([`ogr=${what}`]), ["packit"])).rejects.toThrow(
      /There is no branch pull\/5\/head|is not on main of packit\/ogr/,
    );
  });

  it.each([
    ["123", ["Packit"]],
    ["Packit/OGR:123", ["packit"]],
    ["PACKIT/ogr:branch:main", ["packit"]],
    ["pAcKiT/ogr:commit:abcdef0", ["PACKIT"]],
  ])("to %s are those of an account in whatever case, as %j", async (what, owners) => {
    const [own] = await resolve(github, parseReferences([`ogr=${what}`]), owners);
    expect(own?.sha).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each([
    ["123", "moved"],
    ["branch:main", "moved"],
    ["commit:abcdef0", "moved"],
    ["123", "renamed"],
    ["branch:main", "renamed"],
    ["commit:abcdef0", "renamed"],
  ] as const)("to %s of a repository that is %s to another account are refused", async (what, how) => {
    fake.pulls.set("stranger/ogr#123", {});
    fake[how].set("packit/ogr", "stranger/ogr");
    await expect(resolve(github, parseReferences([`ogr=${what}`]), ["packit"])).rejects.toThrow(
      how === "moved"
        ? /^GitHub has .*packit\/ogr elsewhere: its repository was renamed or transferred/
        : /^packit\/ogr is stranger\/ogr now/,
    );
  });

  it("to a commit of the project's own have its whole name", async () => {
    const [own] = await resolve(github, parseReferences(["ogr=commit:abcdef0"]), ["packit"]);
    expect(own).toMatchObject({
      sha: FakeGitHub.sha("packit/ogr@abcdef0"),
    });
  });

  it("are over when each is a pull request that is closed, and kept by a label", async () => {
    const both = parseReferences(["packit-service=800", "ogr=123"]);
    fake.pulls.set("packit/ogr#123", { state: "closed" });
    expect(await pullsOf(github, both)).toEqual({ isClosed: false, isKept: false });
    fake.pulls.set("packit/packit-service#800", { state: "closed" });
    expect(await pullsOf(github, both)).toEqual({ isClosed: true, isKept: false });
    const [first] = both;
    if (first)
      expect((await pullsOf(github, [first, ...parseReferences(["packit=branch:main"])])).isClosed).toBe(
        false,
      );
    fake.pulls.set("packit/ogr#123", { state: "closed", labels: ["keep"] });
    expect((await pullsOf(github, both)).isKept).toBe(true);
  });
});

describe("the builder by GitHub's workflow", () => {
  it("tells it what to build, follows its run, and builds the same commits once", async () => {
    fake.outcome = [
      { status: "queued", conclusion: null as unknown as string },
      { status: "in_progress", conclusion: null as unknown as string },
      { status: "completed", conclusion: "success" },
    ];
    const said: string[] = [];
    const images = await build(["packit-service=800", "ogr=123"], said);
    expect(Object.keys(images).sort()).toEqual(["service", "worker"]);
    expect(images.worker).toMatch(/^quay\.io\/packit\/packit-worker:test-one-[0-9a-f]{40}$/);
    const [service] = fake.dispatched;
    expect(service).toMatchObject({
      repository: "https://github.com/packit/packit-service.git",
      commit: FakeGitHub.sha("packit/packit-service#800"),
      build_args: "SOURCE_BRANCH=main",
    });
    const overlay = fake.dispatched.find(({ text, reference }) => text && reference === images.worker);
    expect(overlay?.text).toMatch(
      /^FROM quay\.io\/packit\/packit-worker:test-one-[0-9a-f]{40}\nRUN pip3 install/,
    );
    expect(said.join("\n")).toMatch(/worker: in_progress, \d+ s: https:\/\/github\.com\/runs\/\d/);
    expect(fake.dispatched).toHaveLength(4);
    await build(["packit-service=800", "ogr=123"], said);
    expect(fake.dispatched).toHaveLength(4);
  });

  it("builds again what is about to be gone: tags expire after four days, and an instance may live for three", async () => {
    const ages = { "just before": 47, "just after": 49 };
    for (const [when, hours] of Object.entries(ages)) {
      await build(["dashboard=5"]);
      const before = fake.dispatched.length;
      const last = fake.runs.at(-1);
      if (last) last.created = new Date(Date.now() - hours * 3_600_000);
      await build(["dashboard=5"]);
      expect(fake.dispatched.length - before, when).toBe(hours > 48 ? 1 : 0);
    }
  });

  it("shows the end of the log of a run that failed, and builds again the next time", async () => {
    fake.outcome = [{ status: "completed", conclusion: "failure" }];
    await expect(build(["dashboard=5"])).rejects.toThrow(
      /dashboard ended with failure: https:.*Error: no such package/s,
    );
    fake.outcome = [{ status: "completed", conclusion: "success" }];
    expect(Object.keys(await build(["dashboard=5"]))).toEqual(["dashboard"]);
  });
});

async function planned(words: string[], base: "stage" | "prod" = "stage") {
  const resolved = await resolve(github, parseReferences(words), ["packit"]);
  return imagePlan({ resolved, base, apiUrl: "https://x/api", images: IMAGES });
}

async function build(words: string[], said: string[] = []) {
  const builder = new ActionsBuilder({
    github,
    repository: { owner: "packit", name: "deployment" },
    registry: "quay.io/packit",
    everyMs: 5,
  });
  return builder.build({
    name: "one",
    builds: await planned(words),
    report: (image, message) => said.push(`${image}: ${message}`),
    signal: new AbortController().signal,
  });
}
