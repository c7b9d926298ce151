import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execaSync } from "execa";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { DIGESTS } from "../../../operations/release/images.ts";
import { refuseUnready } from "../../../operations/release/preflight.ts";
import { rollBack, rollBackImage } from "../../../operations/release/rollback.ts";
import { STEPS } from "../../../operations/release/steps.ts";
import { begun, gitProject } from "../../support/release/begun.ts";
import { inProcess } from "../../support/release/in-process.ts";
import { digestOf, partOf } from "../../support/release/shapes.ts";

describe("going back", () => {
  it("takes back digests, branches and the monorepo, in reverse, once", async () => {
    const { world, log } = await gitProject();
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
    expect(log()[0]).toBe("Go back to service, worker of before the release tried in prod");
    expect(context.deployment.ups).toBe(2);
    const pinned = readFileSync(join(world.cwd, "Pulumi.prod.yaml"), "utf8");
    const { host } = new URL(world.services.url);
    const reference = `${host}/packit/packit-worker@${digestOf("packit-worker", "0ld")}`;
    expect(parse(pinned).config["packit:images"].worker).toBe(reference);
    await expect(rollBack(inProcess(world, { name: "tried" }))).rejects.toThrow("was taken back already");
    expect([world.remotes.pushes.length, log().length]).toEqual([8, 2]);
  });

  it("that was begun and left is gone on with, and no step is done meanwhile", async () => {
    const { world, log } = await gitProject();
    const { context, release } = await begun({}, world);
    for (let i = 0; i < 4; i++) await release.next();
    const left = context.effects.once;
    context.effects.once = (effect) => {
      if (effect.key === "rollback of all: push packit") throw new Error("killed");
      return left.call(context.effects, effect as never) as never;
    };
    await expect(rollBack(context)).rejects.toThrow("killed");
    const again = await begun({}, world);
    await expect(refuseUnready(again.context, STEPS)).rejects.toThrow("This release is being taken back.");
    await rollBack(again.context);
    expect([world.remotes.pushes.length, log().length, again.context.journal.end]).toEqual([
      8,
      2,
      "rolled back",
    ]);
  });

  it("of one image leaves the branches where they are", async () => {
    const { world, log } = await gitProject();
    await (await begun({}, world)).release.resume();
    await rollBackImage(inProcess(world), "worker");
    expect([world.remotes.pushes.length, log()[0]]).toEqual([
      4,
      "Go back to worker of before the release tried in prod",
    ]);
    const file = join(world.cwd, "Pulumi.prod.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("replicas: 2", "replicas: 3"));
    await expect(rollBackImage(inProcess(world), "service")).rejects.toThrow(
      "Pulumi.prod.yaml has changes that are not committed.",
    );
    await expect(rollBackImage(inProcess(world), "works")).rejects.toThrow('There is no image "works".');
  });

  it("that was ended in its middle is agreed to anew, and names the digests again", async () => {
    const { world, log } = await gitProject();
    const { context, release } = await begun({}, world);
    await release.resume();
    Object.assign(context.deployment, { changes: 2, up: async () => Promise.reject(new Error("killed")) });
    await expect(rollBack(context)).rejects.toThrow("killed");
    const file = join(world.cwd, "Pulumi.prod.yaml");
    execaSync("git", ["revert", "--no-edit", "HEAD"], { cwd: world.cwd, env: world.env });
    await expect(rollBack(inProcess(world))).rejects.toThrow(
      /^Pulumi.prod.yaml does not name any more what going back has committed: .*packit-worker@sha256:/,
    );
    await (await begun({}, world)).release.abort();
    const asked: string[] = [];
    const confirm = async (message: string) => asked.push(message) > 0;
    const again = inProcess(world, { asker: { mode: "person", confirm } });
    again.deployment.changes = 0;
    await rollBack(again);
    expect([asked, again.journal.end]).toEqual([["Go back to this?"], "rolled back"]);
    expect(readFileSync(file, "utf8")).toContain("packit-worker@sha256:");
    expect([world.remotes.pushes.length, log()[0]]).toEqual([
      8,
      "Go back to service, worker of before the release tried in prod",
    ]);
  });

  it("is not deployed with what was changed since, however far it has come", async () => {
    const { world } = await gitProject();
    const { context, release } = await begun({}, world);
    await release.resume();
    Object.assign(context.deployment, { changes: 2, up: async () => Promise.reject(new Error("killed")) });
    await expect(rollBack(context)).rejects.toThrow("killed");
    const again = inProcess(world);
    Object.assign(again.services, { dirt: async () => [" M Pulumi.prod.yaml"] });
    await expect(rollBack(again)).rejects.toThrow("not committed");
  });

  it("of an image is done once", async () => {
    const { world, log } = await gitProject();
    await (await begun({}, world)).release.resume();
    await rollBackImage(inProcess(world), "worker");
    await expect(rollBackImage(inProcess(world), "worker")).rejects.toThrow(
      /^worker was taken back at 2.*packit-worker@sha256:/,
    );
    expect(log()).toHaveLength(2);
  });

  it("says a branch that somebody has moved since before it does anything, and leaves it if that is accepted", async () => {
    const { world, log } = await gitProject();
    await (await begun({}, world)).release.resume();
    const { remotes } = world;
    const hotfix = remotes.commit("ogr", "stable", "Fix in a hurry");
    const submodule = remotes.submodules.ogr;
    await expect(rollBack(inProcess(world))).rejects.toThrow(
      new RegExp(`^stable of ogr is at ${hotfix.slice(0, 10)}, .*--accept leave-ogr$`, "s"),
    );
    expect([remotes.pushes.length, log().length]).toEqual([4, 1]);
    const accepting = inProcess(world, { accepted: ["leave-ogr"] });
    expect(await rollBack(accepting)).toBe("service, worker, packit, packit-service");
    expect([remotes.head("ogr", "stable"), remotes.submodules.ogr]).toEqual([hotfix, submodule]);
    expect(accepting.journal.end).toBe("rolled back");
  });

  it("of a release whose images are not all built keeps those that will be from getting in", async () => {
    const { world } = await gitProject();
    world.services.runConclusion = "failure";
    const { release } = await begun({}, world);
    await expect(release.resume()).rejects.toThrow("were not built");
    expect(await rollBack(inProcess(world))).toBe("service, worker, ogr, packit, packit-service");
  });

  it("of a release that only deployed the program says how to go back", async () => {
    const { context } = await begun({ choices: { without: ["move-stable"] } });
    await expect(rollBack(context)).rejects.toThrow("has moved no branch: there is nothing to go back from");
    expect(context.deployment.ups).toBe(0);
  });

  it("refuses changes that are not committed, before it does anything", async () => {
    const { world } = await gitProject();
    await (await begun({}, world)).release.resume();
    const context = inProcess(world);
    Object.assign(context.services, { dirt: async () => [" M program.ts"] });
    await expect(rollBack(context)).rejects.toThrow("not committed");
    expect([world.remotes.pushes.length, context.journal.isGoingBack]).toEqual([4, false]);
  });

  it("goes to what prod ran, which its tag need not lead to", async () => {
    const { world } = await gitProject();
    const ran = partOf("packit-worker", "what it ran");
    const imageID = `quay.io/packit/packit-worker@${ran}`;
    world.services.changePod = (pod) => {
      const [container] = pod.status.containerStatuses;
      const isWorker = pod.metadata.name === "packit-worker-0" && world.services.built === "0ld";
      return isWorker ? { ...pod, status: { containerStatuses: [{ ...container, imageID }] } } : pod;
    };
    const { release } = await begun({}, world);
    for (let i = 0; i < 3; i++) await release.next();
    await rollBack(inProcess(world));
    const images = parse(readFileSync(join(world.cwd, "Pulumi.prod.yaml"), "utf8")).config["packit:images"];
    expect([images.worker.split("@")[1], images.service.split("@")[1]]).toEqual([
      ran,
      digestOf("packit-service", "0ld"),
    ]);
    // And what the stack's file names counts before all else.
    const next = await begun({ name: "next", accepted: ["pinned"] }, world);
    world.services.changePod = (pod) => pod;
    for (let i = 0; i < 3; i++) await next.release.next();
    expect(next.context.journal.fact("images before", DIGESTS)?.worker).toBe(ran);
  });

  it("leaves digests in the stack's file, which the next release says before anything else", async () => {
    const { world } = await gitProject();
    await (await begun({}, world)).release.resume();
    await rollBack(inProcess(world));
    const next = (accepted: readonly string[]) => inProcess(world, { name: "next", accepted });
    await expect(refuseUnready(next([]), STEPS)).rejects.toThrow(
      /^Pulumi.prod.yaml names the digests of service, worker, .*--accept pinned$/,
    );
    await refuseUnready(next(["pinned"]), STEPS);
    // Those that stay are none that verify waits for, nor their commits.
    world.services.looks.pods = 1e9;
    await (await begun({ name: "next", accepted: ["pinned"] }, world)).release.resume();
  });

  it("ends a release where it is, and restores the topics", async () => {
    const { world, context, release } = await begun();
    for (let i = 0; i < 3; i++) await release.next();
    await release.abort();
    expect([context.journal.end, world.services.chats.topics.matrix, world.outside.topicChanges]).toEqual([
      "aborted",
      "Welcome to Packit",
      4,
    ]);
  });

  it("keeps a topic that somebody else has set meanwhile", async () => {
    const { world, context, release } = await begun();
    for (let i = 0; i < 2; i++) await release.next();
    world.services.chats.topics.matrix = "We moved";
    await release.abort();
    expect(world.services.chats.topics).toEqual({ matrix: "We moved", slack: "Packit & friends <3" });
    expect(context.said).toContain("  Matrix #packit:example.com has a topic by somebody else: it stays.");
  });

  it("names digests in the stack's file where that is the policy", async () => {
    const { world, log } = await gitProject();
    const { release } = await begun({ policy: "pinned" }, world);
    await release.resume();
    expect(log()[0]).toBe("Run service, worker of the release tried in prod");
  });
});
