import { describe, expect, it } from "vitest";
import { refuseUnready } from "../../../operations/release/preflight.ts";
import { STEPS } from "../../../operations/release/steps.ts";
import { begun } from "../../support/release/begun.ts";
import { inProcess } from "../../support/release/in-process.ts";
import { World } from "../../support/release/world.ts";

/** A world in which stable was moved, and then a branch was merged that began before. */
async function sideBranch() {
  const world = await World.make();
  const { remotes } = world;
  const start = remotes.head("packit", "stable");
  remotes.move("packit", "stable", `${remotes.head("packit", "main")}~1`);
  return { world, released: remotes.head("packit", "stable"), side: remotes.mergeOld("packit", start) };
}

describe("a commit that is chosen", () => {
  it("and is on main, but lacks what stable has, is moved to only if that loss is accepted", async () => {
    const { world, released, side } = await sideBranch();
    const at = { packit: side };
    const context = inProcess(world, { choices: { at } });
    const loss = `stable of packit has what ${side.slice(0, 10)} lacks, and would lose it:\n  ${released.slice(0, 10)} `;
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(loss);
    const moved = async (accepted: readonly string[]) => {
      const { release } = await begun({ choices: { at }, accepted, name: "moved" }, world);
      while ((await release.next())?.name !== "wait-images");
    };
    await expect(moved([])).rejects.toThrow(loss);
    expect(world.remotes.head("packit", "stable")).toBe(released);
    await moved(["force-packit"]);
    expect(world.remotes.head("packit", "stable")).toBe(side);
  });

  it("of which the loss was agreed to is asked about again, once it would lose more", async () => {
    const { world, released, side } = await sideBranch();
    const asked: string[] = [];
    const confirm = async (message: string) => {
      if (message.includes("would lose")) asked.push(message);
      // The next question is not agreed to, and so nothing is decided yet.
      return message.includes("of packit has");
    };
    const args = { choices: { at: { packit: side } }, asker: { mode: "person" as const, confirm } };
    world.remotes.commit("packit-service", "stable", "Fix of the service");
    await expect((await begun(args, world)).release.resume()).rejects.toThrow("Not agreed to");
    await expect((await begun(args, world)).release.resume()).rejects.toThrow("Not agreed to");
    const losses = () => asked.filter((message) => message.includes("of packit has"));
    expect(losses()).toHaveLength(1);
    const hotfix = world.remotes.commit("packit", "stable", "Fix in a hurry");
    await expect((await begun(args, world)).release.resume()).rejects.toThrow("Not agreed to");
    expect(losses()[1]).toContain(hotfix.slice(0, 10));
    expect(losses()[1]).toContain(released.slice(0, 10));
  });

  it("is not moved to once main is rewritten", async () => {
    const { world, context, release } = await begun();
    const { once } = context.effects;
    context.effects.once = (effect) => {
      const { remotes } = world;
      if (effect.key === "push packit") remotes.move("packit", "main", remotes.head("packit", "stable"));
      return once.call(context.effects, effect as never) as never;
    };
    await expect(release.resume()).rejects.toThrow(
      /^Commit \w{10} of packit is not on main any more: .*abort$/,
    );
    expect(world.outside.pushes).toEqual(["ogr refs/heads/stable"]);
  });

  it.each([
    [{ ogr: "zz" }, "ogr has no commit"],
    [{ pakit: "zz" }, '--at names "pakit"'],
  ])("is refused by each verb that takes it, before and after it is its turn: %j", async (at, message) => {
    const { world, release } = await begun();
    const refused = (of: Record<string, string>) =>
      refuseUnready(inProcess(world, { choices: { at: of } }), STEPS.slice(0, 1));
    // Also of what has nothing new.
    world.remotes.move("ogr", "stable", world.remotes.head("ogr", "main"));
    await expect(refused(at)).rejects.toThrow(message);
    for (let i = 0; i < 3; i++) await release.next();
    const head = world.remotes.head("packit", "main");
    await expect(refused({ packit: head.slice(0, 9).toUpperCase() })).resolves.toBeUndefined();
    await expect(refused({ packit: "0123456" })).rejects.toThrow(
      `--at is packit=0123456, and this release moves packit to ${head.slice(0, 10)}: that was decided.`,
    );
  });
});

describe("losses", () => {
  it("are all said at once", async () => {
    const world = await World.make();
    for (const name of ["ogr", "packit"]) world.remotes.commit(name, "stable", "Fix in a hurry");
    await expect(refuseUnready(inProcess(world), STEPS)).rejects.toThrow(
      /--accept force-ogr\nstable of packit has .*--accept force-packit$/s,
    );
    // Who can be asked is, when it is its turn.
    await refuseUnready(inProcess(world, { asker: { mode: "nobody" } }), STEPS);
  });
});

describe("a release without moving branches", () => {
  it("does all the rest", async () => {
    const { world, context, release } = await begun({ choices: { without: ["move-stable"] } });
    await release.resume();
    expect([context.journal.end, world.outside.pushes]).toEqual(["finished", []]);
  });
});

describe("what is accepted", () => {
  it("is a danger that there is", async () => {
    const context = inProcess(await World.make(), { accepted: ["force-pakit"] });
    await expect(refuseUnready(context, STEPS)).rejects.toThrow(
      '--accept is "force-pakit", which is no danger. There are: stage, pinned, force-NAME and leave-NAME',
    );
  });
});
