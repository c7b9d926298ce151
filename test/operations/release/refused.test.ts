import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { refuseUnready } from "../../../operations/release/preflight.ts";
import { STEPS } from "../../../operations/release/steps.ts";
import { Stopped } from "../../../operations/release/stopped.ts";
import { begun } from "../../support/release/begun.ts";
import { type InProcessArgs, inProcess } from "../../support/release/in-process.ts";
import { World } from "../../support/release/world.ts";

describe("bad input is refused before anything is done", () => {
  const refused = async (args: InProcessArgs, prepare: (world: World) => void = () => {}) => {
    const world = await World.make();
    prepare(world);
    const context = inProcess(world, args);
    const outcome = await refuseUnready(context, STEPS).then(
      () => "nothing",
      (error: Error) => error.message,
    );
    expect(world.outside.pushes).toEqual([]);
    expect(world.outside.topicChanges).toBe(0);
    return outcome;
  };

  it.each([
    [{ packit: "beefbeef" }, 'packit has no commit "beefbeef". Give the hash of a commit on main'],
    [{ packit: "--force" }, 'packit has no commit "--force".'],
    [{ packits: "beef" }, '--at names "packits", which is no repository here. There are: ogr, packit'],
  ])("as --at %j", async (at, message) => {
    expect(await refused({ choices: { at } })).toContain(message);
  });

  it("as a hash that is on another branch, or in stable already", async () => {
    let sha = "";
    const other = (world: World) => {
      sha = world.remotes.commit("packit", "stable", "elsewhere");
    };
    const world = await World.make();
    other(world);
    const context = inProcess(world, { choices: { at: { packit: sha } } });
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(`Commit ${sha} of packit is not on main.`);
    const back = await World.make();
    const root = execaSync("git", [
      "--git-dir",
      back.remotes.path("ogr"),
      "rev-list",
      "--max-parents=0",
      "main",
    ]);
    execaSync("git", ["--git-dir", back.remotes.path("ogr"), "update-ref", "refs/heads/stable", "main~1"]);
    const older = inProcess(back, { choices: { at: { ogr: root.stdout } } });
    await expect(refuseUnready(older, STEPS)).rejects.toThrow("is in stable already: that would go back.");
  });

  it("as commits of stable that main lacks, unless that is accepted", async () => {
    const pick = (world: World) => void world.remotes.commit("ogr", "stable", "Fix in a hurry");
    const message = await refused({}, pick);
    expect(message).toMatch(
      /^stable of ogr has what [0-9a-f]{10} lacks, and would lose it:\n {2}[0-9a-f]{10} Fix in a hurry\n/,
    );
    expect(message).toContain("--accept force-ogr");
    const world = await World.make();
    pick(world);
    const { release } = await begun({ accepted: ["force-ogr"] }, world);
    await release.resume();
    expect(world.remotes.head("ogr", "stable")).toBe(world.remotes.head("ogr", "main"));
  });

  it("as a repository that cannot be reached", async () => {
    const url = "ssh://git@127.0.0.1:9/packit/ogr";
    const world = await World.make();
    const [ogr, ...rest] = inProcess(world).settings.repositories;
    const context = inProcess(world, {
      name: "b",
      settings: { repositories: [{ ...ogr, remote: url }, ...rest] },
    });
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(
      "git cannot fetch ogr from ssh://…@127.0.0.1:9/packit/ogr",
    );
  });

  it("as a token that a step needs, and changes that are not committed", async () => {
    const world = await World.make();
    const context = { ...inProcess(world), tokens: [] };
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(
      "publish needs GITHUB_TOKEN, which is not set. Set it, or: --without publish\nclean-registry needs QUAY_TOKEN",
    );
    const dirty = inProcess(world, { name: "b" });
    const services = { ...dirty.services, dirt: async () => [" M Pulumi.prod.yaml"] };
    await expect(refuseUnready({ ...dirty, services }, STEPS)).rejects.toThrow(
      /not committed.*\n {2} M Pulumi.prod.yaml/,
    );
  });

  it("as submodules of the monorepo that no setting knows", async () => {
    const world = await World.make();
    const { repositories } = inProcess(world).settings;
    const context = inProcess(world, { name: "b", settings: { repositories: repositories.slice(0, 2) } });
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(
      "packit-service: a submodule that no setting knows; add it, or name it in monorepo.others",
    );
  });

  it("as a stage that is not well, which --yes does not decide", async () => {
    const { world, release } = await begun();
    const waiting = { waiting: { reason: "CrashLoopBackOff" } };
    world.services.stagePod = { image: "x/packit-worker:stg", restartCount: 3, state: waiting };
    await expect(release.resume()).rejects.toThrow(
      /^stage is not well:\n {2}pod bad-0, packit-worker: CrashLoopBackOff\n.*again 3 times.*--accept stage$/s,
    );
    expect(world.outside.topicChanges).toBe(0);
    await (await begun({ accepted: ["stage"] }, world)).release.next();
  });
});

describe("a question without anybody to answer it", () => {
  it("stops the release, and it is asked again", async () => {
    const { world, context, release } = await begun({ asker: { mode: "nobody" } });
    await expect(release.resume()).rejects.toThrow(Stopped);
    expect(context.journal.step("move-stable")?.state).toBe("waits");
    expect(world.outside.pushes).toEqual([]);
    await (await begun({}, world)).release.resume();
    expect(world.outside.pushes).toHaveLength(4);
  });

  it("of an answer that is wrong is told and asked anew", async () => {
    const answers = ["nonsense", ""];
    const text = async (_: string, byDefault: string) => answers.shift() || byDefault;
    const { context, release } = await begun({ asker: { mode: "person", text } });
    await release.resume();
    expect(context.said.join("\n")).toMatch(
      /^ogr has no commit "nonsense". Give the hash of a commit on main, as [0-9a-f]{10}\.$/m,
    );
  });
});

describe("a dry run", () => {
  it("changes nothing, and says what it would do", async () => {
    const { world, context, release } = await begun({ isDry: true });
    await release.resume();
    const said = context.said.join("\n");
    for (const line of [
      "would: set the topic of Matrix #packit:example.com",
      "would: move stable of ogr from",
      "would wait for Copr's builds of python-ogr",
      "would: commit 3 submodules to the monorepo",
      "would: pulumi up of prod",
    ])
      expect(said).toContain(line);
    expect(world.outside).toMatchObject({ pushes: [], topicChanges: 0, toots: [], pulls: [], removed: [] });
    expect(context.deployment.ups).toBe(0);
    const writes = world.services.asked.filter((line) => /^\w+ (POST|PUT|DELETE) /.test(line));
    expect(writes).toEqual([]);
  });
});
