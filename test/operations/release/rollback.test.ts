import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { rollBack } from "../../../operations/release/rollback.ts";
import { begun, gitProject } from "../../support/release/begun.ts";
import { inProcess } from "../../support/release/in-process.ts";
import { digestOf } from "../../support/release/shapes.ts";

describe("going back", { timeout: 60_000 }, () => {
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
    expect(log()[0]).toBe("Run service, worker of the release tried in prod");
    expect(context.deployment.ups).toBe(2);
    const pinned = readFileSync(join(world.cwd, "Pulumi.prod.yaml"), "utf8");
    const { host } = new URL(world.services.url);
    const reference = `${host}/packit/packit-worker@${digestOf("packit-worker", "0ld")}`;
    expect(parse(pinned).config["packit:images"].worker).toBe(reference);
    await rollBack(inProcess(world, { name: "tried" }));
    expect([world.remotes.pushes.length, log().length]).toEqual([8, 2]);
  });

  it("that was begun and left is gone on with, and no step is done meanwhile", async () => {
    const { world, log } = await gitProject();
    const { context, release } = await begun({}, world);
    for (let i = 0; i < 4; i++) await release.next();
    const left = context.effects.once;
    context.effects.once = (effect) => {
      if (effect.key === "rollback push packit") throw new Error("killed");
      return left.call(context.effects, effect as never) as never;
    };
    await expect(rollBack(context)).rejects.toThrow("killed");
    const again = await begun({}, world);
    await expect(again.release.resume()).rejects.toThrow("This release is being taken back.");
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
    await rollBack(inProcess(world, { choices: { image: "worker" } }));
    expect([world.remotes.pushes.length, log()[0]]).toEqual([4, "Run worker of the release tried in prod"]);
    const file = join(world.cwd, "Pulumi.prod.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("replicas: 2", "replicas: 3"));
    await expect(rollBack(inProcess(world, { choices: { image: "service" } }))).rejects.toThrow(
      "Pulumi.prod.yaml has changes that are not committed.",
    );
    const unknown = inProcess(world, { choices: { image: "works" } });
    await expect(rollBack(unknown)).rejects.toThrow('There is no image "works".');
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
