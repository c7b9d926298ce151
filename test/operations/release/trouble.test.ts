import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { refuseUnready } from "../../../operations/release/preflight.ts";
import { Release } from "../../../operations/release/release.ts";
import { rollBack } from "../../../operations/release/rollback.ts";
import { STEPS } from "../../../operations/release/steps.ts";
import { Stopped } from "../../../operations/release/stopped.ts";
import { type InProcessArgs, inProcess } from "../../support/release/in-process.ts";
import { World } from "../../support/release/world.ts";

/** A release of a world, and how to do all of it. */
async function begun(args: InProcessArgs = {}, world?: World) {
  const tried = world ?? (await World.make());
  const context = inProcess(tried, args);
  return { world: tried, context, release: new Release(context, STEPS) };
}

/** A world whose project is a repository of git. */
async function project() {
  const world = await World.make();
  const git = (...words: string[]) => execaSync("git", words, { cwd: world.cwd, env: world.env });
  git("init", "--quiet");
  git("add", "Pulumi.prod.yaml");
  git("commit", "--quiet", "--message=base");
  return { world, log: () => git("log", "--format=%s").stdout.split("\n") };
}

describe("something that fails outside", { timeout: 60_000 }, () => {
  it("as a build at Copr is named with its page, and nothing that depends on it is moved", async () => {
    const { world, release } = await begun();
    world.services.coprFails = true;
    await expect(release.resume()).rejects.toThrow(
      /^Copr's build of python-ogr for [0-9a-f]{7} is failed: .*\/copr\/coprs\/build\/2$/,
    );
    expect(world.outside.pushes).toEqual(["ogr refs/heads/stable"]);
    world.services.coprFails = false;
    await (await begun({}, world)).release.resume();
    expect(world.outside.pushes).toHaveLength(4);
  });

  it("as a workflow's run is named with its page, and is looked for again when gone on", async () => {
    const { world, release } = await begun();
    world.services.runConclusion = "failure";
    await expect(release.resume()).rejects.toThrow(
      "The images of packit-service were not built (failure): https://github.com/packit/packit-service/actions/runs/1",
    );
    world.services.runConclusion = "success";
    await (await begun({}, world)).release.resume();
    expect(world.outside).toMatchObject({ topicChanges: 4, pulls: ["Packit in November 2026"] });
  });

  it("as a run that never ends is given up, with what was waited for, after as many looks as the limit has", async () => {
    const { world, release } = await begun();
    world.services.isRunEndless = true;
    await expect(release.resume()).rejects.toThrow(
      /^Waited for images, without any progress for 6s: packit-service is in progress, https:.*resume$/,
    );
    const looks = world.services.asked.filter((line) => line.includes("/actions/workflows/")).length;
    expect(looks).toBeLessThan(12);
  });

  it("as a registry that lags behind is waited for", async () => {
    const { world, context, release } = await begun({
      settings: { wait: { everySeconds: 0, limit: "60s" } },
    });
    world.services.looks.registry = 40;
    await release.resume();
    expect(context.said.join("\n")).toMatch(/is built, and packit-service:prod is not at [0-9a-f]{7} yet/);
    expect(context.said.join("\n")).toContain("still packit-service is built");
  });

  it("as a stable branch that moves meanwhile is not overwritten, and is said", async () => {
    const { world, context, release } = await begun();
    await release.next();
    await release.next();
    let hotfix = "";
    const { once } = context.effects;
    // Somebody is faster after all was decided.
    context.effects.once = (effect) => {
      if (effect.key === "push ogr") hotfix = world.remotes.commit("ogr", "stable", "hotfix");
      return once.call(context.effects, effect as never) as never;
    };
    await expect(release.next()).rejects.toThrow(
      /^stable of ogr was at [0-9a-f]{10} and is at [0-9a-f]{10}: somebody/,
    );
    expect(world.remotes.head("ogr", "stable")).toBe(hotfix);
  });

  it("as a stable branch that moves later stops the wait for its images", async () => {
    const { world, release } = await begun();
    for (let i = 0; i < 3; i++) await release.next();
    world.remotes.commit("packit-service", "stable", "hotfix");
    await expect(release.next()).rejects.toThrow(
      /Somebody has moved stable since this release did:\n {2}packit-service/,
    );
  });

  it("as an answer that was lost is looked for, and nothing is done twice", async () => {
    const { world, release } = await begun();
    world.services.lost.push(
      /^slack POST/,
      /^matrix PUT/,
      /^mastodon POST/,
      /^github POST .*\/pulls$/,
      /^github PUT/,
    );
    world.remotes.afterPush("packit", "sleep 0\nkill $PPID\n");
    await release.resume();
    expect(world.outside).toMatchObject({ topicChanges: 4, pulls: ["Packit in November 2026"] });
    expect([world.outside.toots.length, world.outside.commits.length, world.outside.pushes.length]).toEqual([
      1, 1, 4,
    ]);
    expect(world.services.lost).toEqual([]);
  });

  it("as an image that a pod cannot pull is imported again, once", async () => {
    const { world, context, release } = await begun();
    const { services } = world;
    let looks = 0;
    services.changePod = (pod) => {
      const [first] = pod.status.containerStatuses;
      const isStuck = pod.metadata.name === "packit-worker-0" && services.built !== "0ld" && looks++ < 3;
      const state = { waiting: { reason: "ImagePullBackOff" } };
      return isStuck ? { ...pod, status: { containerStatuses: [{ ...first, ready: false, state }] } } : pod;
    };
    await release.resume();
    expect(context.imports).toEqual(["packit-worker:prod"]);
  });

  it("as a pod that does not go is named, with the command that ends it", async () => {
    const { world, release } = await begun();
    const since = new Date(Date.now() - 3_600_000).toISOString();
    world.services.changePod = (pod) =>
      pod.metadata.name === "packit-worker-0"
        ? { ...pod, metadata: { ...pod.metadata, deletionTimestamp: since } }
        : pod;
    await expect(release.resume()).rejects.toThrow(
      "pod packit-worker-0 does not go: oc delete pod --force -n packit--prod -- packit-worker-0",
    );
  });

  it("as an API that is ill after the deployment fails the step, and going back is offered", async () => {
    const { world } = await project();
    const { context, release } = await begun({ asker: { mode: "person" } }, world);
    world.services.isProdIll = true;
    const before = world.remotes.head("packit-service", "stable");
    await expect(release.resume()).rejects.toThrow(/answered 503 .*\nTo go back: \.\/ops release rollback/s);
    expect(context.said.join("\n")).toContain("service: image sha256:");
    // It was accepted: confirm answers yes to all.
    expect(world.remotes.head("packit-service", "stable")).toBe(before);
    expect(context.journal.end).toBe("rolled back");
  });
});

describe("a machine that slept", { timeout: 60_000 }, () => {
  it("for hours between two looks goes on as if nothing was", async () => {
    let hours = 0;
    const pace = {
      now: () => new Date(Date.UTC(2026, 10, 30, 13 + hours)),
      pause: async () => {
        hours += 9;
      },
    };
    const { world, context, release } = await begun({ pace });
    await release.resume();
    expect(hours).toBeGreaterThan(30);
    expect([context.journal.end, world.outside.pushes.length]).toEqual(["finished", 4]);
  });

  it("and has no network at first, waits for it", async () => {
    const { world, release } = await begun();
    for (let i = 0; i < 3; i++) await release.next();
    for (let i = 0; i < 6; i++) world.services.lost.push(/^github GET .*workflows/);
    await release.next();
    expect(world.services.lost).toEqual([]);
  });
});

describe("bad input is refused before anything is done", { timeout: 60_000 }, () => {
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
      /^stable of ogr has what main lacks, and would lose it:\n {2}[0-9a-f]{10} Fix in a hurry\n/,
    );
    expect(message).toContain("--accept force-ogr");
    const world = await World.make();
    pick(world);
    const { release } = await begun({ accepted: ["force-ogr"] }, world);
    await release.resume();
    expect(world.remotes.head("ogr", "stable")).toBe(world.remotes.head("ogr", "main"));
  });

  it("as a repository that may not be pushed to", async () => {
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

describe("going back", { timeout: 60_000 }, () => {
  it("takes back digests, branches and the monorepo, in reverse, once", async () => {
    const { world, log } = await project();
    const { context, release } = await begun({}, world);
    const before = ["ogr", "packit", "packit-service"].map((name) => world.remotes.head(name, "stable"));
    const submodules = world.remotes.submodules;
    await release.resume();
    context.deployment.changes = 2;
    await rollBack(context);
    const names = world.remotes.pushes.slice(4).map(({ repository }) => repository);
    expect(names).toEqual(["packit-service", "packit", "ogr", "production-monorepo"]);
    expect(["ogr", "packit", "packit-service"].map((name) => world.remotes.head(name, "stable"))).toEqual(
      before,
    );
    expect(world.remotes.submodules).toEqual(submodules);
    expect(log()[0]).toBe("Run service, worker of the release tried in prod");
    expect(context.deployment.ups).toBe(2);
    await rollBack(inProcess(world, { name: "tried" }));
    expect([world.remotes.pushes.length, log().length]).toEqual([8, 2]);
  });

  it("of one image leaves the branches where they are", async () => {
    const { world, log } = await project();
    await (await begun({}, world)).release.resume();
    await rollBack(inProcess(world, { choices: { image: "worker" } }));
    expect([world.remotes.pushes.length, log()[0]]).toEqual([4, "Run worker of the release tried in prod"]);
    const unknown = inProcess(world, { choices: { image: "works" } });
    await expect(rollBack(unknown)).rejects.toThrow('There is no image "works".');
  });

  it("ends a release where it is, and restores the topics", async () => {
    const { world, context, release } = await begun();
    for (let i = 0; i < 3; i++) await release.next();
    await release.abort();
    expect([context.journal.end, world.services.topics.matrix, world.outside.topicChanges]).toEqual([
      "aborted",
      "Welcome to Packit",
      4,
    ]);
  });

  it("keeps a topic that somebody else has set meanwhile", async () => {
    const { world, context, release } = await begun();
    for (let i = 0; i < 2; i++) await release.next();
    world.services.topics.matrix = "We moved";
    await release.abort();
    expect(world.services.topics).toEqual({ matrix: "We moved", slack: "Packit & friends <3" });
    expect(context.said).toContain("  Matrix #packit:example.com has a topic by somebody else: it stays.");
  });

  it("names digests in the stack's file where that is the policy", async () => {
    const { world, log } = await project();
    const { release } = await begun({ policy: "pinned" }, world);
    await release.resume();
    expect(log()[0]).toBe("Run service, worker of the release tried in prod");
  });
});

describe("a dry run", { timeout: 60_000 }, () => {
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
