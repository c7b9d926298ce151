import { describe, expect, it } from "vitest";
import { begun, gitProject } from "../../support/release/begun.ts";

describe("something that fails outside", () => {
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
    const { world } = await gitProject();
    const { context, release } = await begun({ asker: { mode: "person" } }, world);
    world.services.isProdIll = true;
    const before = world.remotes.head("packit-service", "stable");
    await expect(release.resume()).rejects.toThrow(/answered 503 .*\nWhat ran before was gone back to\.$/s);
    expect(context.said.join("\n")).toContain("service: image sha256:");
    // It was accepted: confirm answers yes to all.
    expect(world.remotes.head("packit-service", "stable")).toBe(before);
    expect(context.journal.end).toBe("rolled back");
  });
});

describe("a machine that slept", () => {
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
